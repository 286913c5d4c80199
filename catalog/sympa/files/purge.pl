#!/usr/bin/perl
# Given "run" and a number of days: take messages that were sent longer ago out of the archives of all lists, with their
# pages, and what owners had deleted. Given "aged": print how many there are.
use strict;
use warnings;
use POSIX ();
use lib '/usr/share/sympa/lib';
use Conf;
use Sympa::Archive;
use Sympa::DatabaseManager;
use Sympa::List;

my ($what, $days) = (($ARGV[0] // ''), ($ARGV[1] // ''));
die "wanted: run or aged, and a number of days\n" unless $what =~ /^(run|aged)$/ and $days =~ /^[1-9][0-9]*$/;
Conf::load() or die "sympa.conf has errors\n";
Sympa::DatabaseManager->instance or die "no database\n";
# mhonarc, which takes a message out of the pages, is no news.
open my $out, '>&', \*STDOUT or die "no output: $!\n";
open STDOUT, '>', '/dev/null' or die "no output: $!\n";

my ($limit, $count) = (time - $days * 86400, 0);
my $last_old_month = POSIX::strftime('%Y-%m', localtime $limit);
for my $list (@{Sympa::List::get_lists('*') || []}) {
    my $archive = Sympa::Archive->new(context => $list);
    for my $month ($archive->get_archives) {
        next if $month gt $last_old_month or not $archive->select_archive($month);
        $count += month($archive, $month, $month lt $last_old_month);
    }
}
print $out "$count\n" if $what eq 'aged';

# Count, or take away, what is too old in one month. All of a month that ended before the limit is.
sub month {
    my ($archive, $month, $all) = @_;
    my ($old, $left) = (0, 0);
    for my $file (glob "$archive->{deleted_directory}/*") {
        next unless $all or (stat $file)[9] < $limit;
        $old++;
        $what eq 'aged' or unlink $file or die "$file: $!\n";
    }
    while (my ($message, $handle) = $archive->next) {
        my $file = "$archive->{directory}/" . $handle->basename;
        if (not $all and (stat $file)[9] >= $limit) {
            $left++;
            next;
        }
        $old++;
        next if $what eq 'aged';
        $archive->html_remove($message->{message_id}) if $message and not $all;
        $handle->unlink or die "$file: not deleted\n";
    }
    if ($what eq 'run' and not $left) {
        $archive->purge_archive($month) or die "$month: not deleted\n";
    }
    return $old;
}
