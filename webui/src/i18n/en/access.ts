// SPDX-License-Identifier: Apache-2.0

export const access = {
  "access.oldTitle": "This memmond is older than its page",
  "access.oldText": "It does not know the call by which the page lives. Update memmond, and reload the page.",
  "access.tokenTitle": "memmond asks for its token",
  "access.tokenText": "It is in memmond’s token file (--token-file). This tab alone keeps it.",
  "access.forbiddenTitle": "memmond does not let this page in",
  "access.forbiddenText": "It answers at its addresses, as localhost, and by the names that it was given, to pages of its own. To let it answer here,",
  "setting.write": "write into /etc/memmon/memmond.toml",
  "setting.restart": "and type",
  "setting.byHand": "Where memmond was started by hand, end it and start it with {option} as well.",
  "access.says": "memmond says:",
  "access.enter": "Enter the token",
  "access.token": "Token",
  "access.wrong": "That is not the token that memmond was given. Try again.",
  "access.send": "Continue",
  "access.hidden": "Hidden: memmond shows it only with a token.",
} as const;
