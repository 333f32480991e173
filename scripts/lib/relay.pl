# SPDX-License-Identifier: Apache-2.0
# Copies standard input to standard output until a line that is the token given:
# the sender's word that nothing follows. Status 1: the sender went without it.
use strict;
use warnings;
$SIG{PIPE} = "IGNORE";
my ($token) = @ARGV;
my $end = "$token\n";
my ($pending, $found) = ('', 0);
while (sysread(STDIN, my $piece, 65536)) {
  $pending .= $piece;
  my $at = index($pending, $end);
  my $keep = 0;
  if ($at >= 0) {
    $pending = substr($pending, 0, $at);
    $found = 1;
  } else {
    # The last bytes are held back only if the token could begin in them.
    for my $length (reverse 1 .. length($end) - 1) {
      next if $length > length($pending);
      next if substr($pending, -$length) ne substr($end, 0, $length);
      $keep = $length;
      last;
    }
  }
  my $write = length($pending) - $keep;
  my $offset = 0;
  while ($offset < $write) {
    my $written = syswrite(STDOUT, $pending, $write - $offset, $offset);
    if (!defined $written) {
      next if $!{EINTR};
      # Nobody listens any more: go on reading, so that the guest can end.
      last;
    }
    $offset += $written;
  }
  $pending = substr($pending, $write);
  last if $found;
}
exit($found ? 0 : 1);
