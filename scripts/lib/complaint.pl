# SPDX-License-Identifier: Apache-2.0
# complaint.pl CONSOLE: prints the first line in which the kernel says that it is not
# well; nothing, and status 1, if there is none.
#
# Linux has data races of its own, which KCSAN reports as well; and where a test has
# memory refused, it may write a trace. Such a report counts when code of the module is
# in it, whoever is to blame.
use strict;
use warnings;

my $complaint = qr/
    Kernel[ ]panic | \bBUG: | kernel[ ]BUG[ ]at | \bWARNING: | Oops | general[ ]protection[ ]fault
  | unable[ ]to[ ]handle | refcount_t: | possible[ ](?:circular|recursive)[ ]locking
  | blocked[ ]for[ ]more[ ]than | self-detected[ ]stall | detected[ ]stalls[ ]on[ ]CPU
  | KASAN: | UBSAN: | unreferenced[ ]object | suspected[ ]memory[ ]leak | Call[ ]Trace:
  | soft[ ]lockup | INFO:[ ]trying[ ]to[ ]register | lockdep[ ]is[ ]turned[ ]off
/x;

# How such a report begins, and how it ends.
my %report_ends = (
  'BUG: KCSAN: data-race' => qr/={40}/,
  'vmalloc error|page allocation failure|Failed to allocate memory' => qr{</TASK>|end trace},
);

my ($report, $end);
while (my $line = <>) {
  $line =~ s/\r//g;
  my $ours = $line =~ /\[memmon\]/;
  my $found;
  if (my ($begin) = grep { $line =~ /$_/ } keys %report_ends) {
    ($report, $end) = ($line, $report_ends{$begin});
    $found = $report if $ours;
  } elsif (defined $report && $ours) {
    $found = $report;
  } elsif (defined $report && $line =~ $end) {
    $report = undef;
  } elsif ($line =~ $complaint) {
    $found = $line unless defined $report && $line =~ /Call Trace:|WARNING: CPU/;
  }
  if (defined $found) {
    print $found;
    exit 0;
  }
}
exit 1;
