-- SPDX-License-Identifier: Apache-2.0
--
-- The day that whoever drops old days believed it was, and how long a later one has stood that came by
-- a leap of the clock: it is believed after an hour, also by a memmond that was started anew meanwhile.
CREATE TABLE memmon.believed_day (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  day date NOT NULL,
  stood_seconds integer NOT NULL DEFAULT 0
);
