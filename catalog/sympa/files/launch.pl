#!/usr/bin/perl
# Starts Sympa's pages and daemons as children of one process that has loaded their code: they share its memory, which
# is half of what they need apart. Ends with all of them as soon as one has ended.
use strict;
use warnings;
use IO::Socket::UNIX;
use POSIX qw(dup2);
use lib '/usr/share/sympa/lib';

use CGI::Fast;
use Conf;
use Sympa::Log;
use Sympa::Archive;
use Sympa::List;
use Sympa::Scenario;
use Sympa::Spindle::ProcessArchive;
use Sympa::Spindle::ProcessIncoming;
use Sympa::Spindle::ProcessOutgoing;
use Sympa::Spindle::ProcessTask;
use Sympa::Spindle::ProcessTemplate;
use Sympa::Template;
use Sympa::WWW::FastCGI;
use Sympa::WWW::Session;

my %programs = (
    map({ $_ => "/usr/lib/sympa/bin/$_.pl" } qw(sympa_msg bulk archived task_manager)),
    map({ $_ => '/usr/lib/cgi-bin/sympa/wwsympa.fcgi' } qw(pages1 pages2)),
);
my $socket = '/run/sympa/wwsympa.socket';
unlink $socket;
my $listen = IO::Socket::UNIX->new(Local => $socket, Listen => 64) or die "$socket: $!";
my %children;
for my $name (sort keys %programs) {
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        # Only what needs attention, without the readers' names.
        Sympa::Log->instance->{log_to_stderr} = 'err';
        # FastCGI accepts on standard input.
        dup2(fileno($listen), 0) if $name =~ /^pages/;
        @ARGV = $name =~ /^pages/ ? () : ('--foreground');
        $0 = $programs{$name};
        package main;
        do $0;
        die "$name: " . ($@ || $!);
    }
    $children{$pid} = $name;
}
# Who does not end when told has twenty seconds.
sub end_all {
    kill TERM => keys %children;
    alarm 20;
}
$SIG{ALRM} = sub { kill KILL => keys %children };
$SIG{TERM} = $SIG{INT} = \&end_all;
my $ended;
while (%children) {
    # Interrupted by a signal, this gives -1.
    my $pid = waitpid -1, 0;
    my $name = delete $children{$pid} or next;
    next if $ended++;
    warn "$name ended with $?: so do all\n";
    end_all();
}
exit 1;
