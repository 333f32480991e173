// SPDX-License-Identifier: Apache-2.0

export const access = {
  "access.oldTitle": "This memmond is older than its page",
  "access.oldText": "It does not know the call by which the page lives. Update memmond, and load the page anew.",
  "access.tokenTitle": "memmond asks for its token",
  "access.tokenText": "It is in the file that --token-file names, and stays in this tab alone.",
  "access.forbiddenTitle": "memmond does not let this page in",
  "access.forbiddenText": "It answers at its addresses, as localhost, and by the names that it was given, to pages of its own. To let it answer here, start it with",
  "access.says": "memmond says:",
  "access.enter": "Enter the token",
  "access.token": "Token",
  "access.wrong": "That is not the token that memmond was given. Try again.",
  "access.send": "Continue",
  "access.hidden": "memmond keeps addresses, command lines and what address spaces are made of from who shows no token. To see them start it with --token-file, or with --open-details yes.",
} as const;
