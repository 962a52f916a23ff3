# What a job can tell of how it was started, one fact a line, written to the file that the first argument names.
# perl, because every Debian has it and it leaves signals, limits, descriptors and environment alone.
use strict;
my ($report, @arguments) = @ARGV;
opendir(my $folder, "/proc/self/fd");
my @descriptors = grep { /\d/ && $_ != fileno($folder) } readdir $folder;
my %target = map { $_ => readlink("/proc/self/fd/$_") } @descriptors;
my @flags = map { my $d = $_; open(my $f, "<", "/proc/self/fdinfo/$d"); my ($l) = grep { /^flags/ } <$f>; $l =~ s/\s+/ /g; "$d $l" } @descriptors;
closedir $folder;
sub slurp { open(my $f, "<", $_[0]) or return "$_[0]: $!"; local $/; return scalar <$f>; }
sub hex_of { return unpack("H*", $_[0]); }
my @facts;
push @facts, map { "argument " . hex_of($_) } @arguments;
my $environment = slurp("/proc/self/environ");
push @facts, "variables " . length($environment);
push @facts, sort map { "variable " . (length > 300 ? length . " bytes, sum " . unpack("%32C*", $_) : hex_of($_)) } split /\0/, $environment;
push @facts, map { my $t = $target{$_}; $t =~ s/^(pipe|socket):\[\d+\]$/$1/; "descriptor $_ $t" } sort { $a <=> $b } @descriptors;
push @facts, sort @flags;
my $limits = slurp("/proc/self/limits");
push @facts, map { "limit $_" } grep { !/pending signals/ } split /\n/, $limits;
push @facts, grep { /^(Umask|SigPnd|ShdPnd|SigBlk|SigIgn|Uid|Gid|Groups|NoNewPrivs|Seccomp|Cap\w+|Cpus_allowed|CoreDumping):/ } split /\n/, slurp("/proc/self/status");
my @stat = split / /, (slurp("/proc/self/stat") =~ s/^.*\) //sr);
my %id = ($$ => "itself", getppid() => "parent");
push @facts, map { my ($name, $at) = @$_; my $value = $stat[$at]; "$name " . ($id{$value} // $value) }
  ["parent", 1], ["group", 2], ["session", 3], ["terminal", 4], ["foreground", 5], ["nice", 16], ["policy", 38];
push @facts, "starter $ENV{JT_STARTER} is " . (getppid() == $ENV{JT_STARTER} ? "the parent" : "not the parent") if $ENV{JT_STARTER};
push @facts, "directory " . (readlink("/proc/self/cwd") // "none: $!");
push @facts, "$_ " . slurp("/proc/self/$_") for qw(personality timerslack_ns oom_score_adj coredump_filter);
push @facts, "children " . slurp("/proc/self/task/$$/children");
my ($bytes, $sum) = (0, 0);
if ($ENV{JT_STDIN}) { while (my $got = sysread(STDIN, my $part, 65536)) { $bytes += $got; $sum = ($sum + unpack("%32C*", $part)) % 2**32; } }
push @facts, "input $bytes $sum";
open(my $out, ">", $report) or die "$report: $!";
print $out map { s/\n+$//r . "\n" } @facts;
close $out;
