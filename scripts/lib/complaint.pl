# SPDX-License-Identifier: Apache-2.0
# complaint.pl CONSOLE: prints the first line in which the kernel says that it is not
# well; nothing, and status 1, if there is none.
#
# Linux has data races of its own, which KCSAN reports as well (its clocks are read while
# they are set, say): such a report counts when a function of the module is one of the two
# sides. And where a test has memory refused, Linux may write a trace, which counts when
# the module is anywhere in it.
use strict;
use warnings;

my $complaint = qr/
    Kernel[ ]panic | \bBUG: | kernel[ ]BUG[ ]at | \bWARNING: | Oops | general[ ]protection[ ]fault
  | unable[ ]to[ ]handle | refcount_t: | possible[ ](?:circular|recursive)[ ]locking
  | blocked[ ]for[ ]more[ ]than | self-detected[ ]stall | detected[ ]stalls[ ]on[ ]CPU
  | KASAN: | UBSAN: | unreferenced[ ]object | suspected[ ]memory[ ]leak | Call[ ]Trace:
  | soft[ ]lockup | INFO:[ ]trying[ ]to[ ]register | lockdep[ ]is[ ]turned[ ]off
/x;

my $refused;
while (my $line = <>) {
  $line =~ s/\r//g;
  my $ours = $line =~ /\[memmon\]/;
  my $found;
  if ($line =~ /BUG: KCSAN: data-race/) {
    $found = $line if $ours;
  } elsif ($line =~ /vmalloc error|page allocation failure|Failed to allocate memory/) {
    $refused = $line;
  } elsif (defined $refused && $ours) {
    $found = $refused;
  } elsif (defined $refused && $line =~ m{</TASK>|end trace}) {
    $refused = undef;
  } elsif ($line =~ $complaint) {
    $found = $line unless defined $refused && $line =~ /Call Trace:|WARNING: CPU/;
  }
  if (defined $found) {
    print $found;
    exit 0;
  }
}
exit 1;
