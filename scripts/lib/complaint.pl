# SPDX-License-Identifier: Apache-2.0
# complaint.pl CONSOLE: prints the first line in which the kernel says that it is not
# well; nothing, and status 1, if there is none.
#
# Linux has data races of its own, which KCSAN reports as well. Its report counts when
# code of the module is in it: as one of the two sides, or below one of them.
use strict;
use warnings;

my $complaint = qr/
    Kernel[ ]panic | \bBUG: | kernel[ ]BUG[ ]at | \bWARNING: | Oops | general[ ]protection[ ]fault
  | unable[ ]to[ ]handle | refcount_t: | possible[ ](?:circular|recursive)[ ]locking
  | blocked[ ]for[ ]more[ ]than | self-detected[ ]stall | detected[ ]stalls[ ]on[ ]CPU
  | KASAN: | UBSAN: | unreferenced[ ]object | suspected[ ]memory[ ]leak | Call[ ]Trace:
  | soft[ ]lockup | INFO:[ ]trying[ ]to[ ]register | lockdep[ ]is[ ]turned[ ]off
/x;

my $race;
while (my $line = <>) {
  $line =~ s/\r//g;
  my $found;
  if ($line =~ /BUG: KCSAN: data-race/) {
    $race = $line;
    $found = $line if $line =~ /\[memmon\]/;
  } elsif (defined $race && $line =~ /={40}/) {
    $race = undef;
  } elsif (defined $race && $line =~ /\[memmon\]/) {
    $found = $race;
  } elsif ($line =~ $complaint) {
    $found = $line;
  }
  if (defined $found) {
    print $found;
    exit 0;
  }
}
exit 1;
