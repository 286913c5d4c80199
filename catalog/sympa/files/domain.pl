#!/usr/bin/perl
# Sympa writes its domain into the database and into the names of files: when the association has changed it, change it
# there too. Given nothing; run before Sympa, may be run again at any time.
use strict;
use warnings;
use File::Find;
use lib '/usr/share/sympa/lib';
use Conf;
use Sympa::DatabaseManager;

my ($new, $mark) = ($ENV{DOMAIN}, '/var/lib/sympa/domain');
my $old = $new;
if (open my $file, '<', $mark) {
    chomp($old = <$file>);
}
if ($old ne $new) {
    Conf::load() or die "sympa.conf has errors\n";
    rename_rows($old, $new);
    rename_files($old, $new);
    print "domain: $old -> $new\n";
}
open my $file, '>', $mark or die "$mark: $!\n";
print $file "$new\n";

# The columns that hold a domain are called robot_something.
sub rename_rows {
    my ($old, $new) = @_;
    my $database = Sympa::DatabaseManager->instance or die "no database\n";
    my $columns = $database->do_query(
        "SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name LIKE 'robot\\_%%'"
    ) or die "no columns\n";
    for my $row (@{$columns->fetchall_arrayref}) {
        my ($table, $column) = @$row;
        $database->do_prepared_query("UPDATE $table SET $column = ? WHERE $column = ?", $new, $old)
            or die "$table.$column\n";
    }
}

# Archives and messages under way carry list@domain in their names. What Sympa computes again goes.
sub rename_files {
    my ($old, $new) = @_;
    finddepth(
        {   no_chdir => 1,
            wanted   => sub {
                my ($folder, $name) = m{^(.*)/([^/]+)$};
                return unlink $_ if $name =~ /^config\.bin$/;
                return unless $name =~ s/\@\Q$old\E/\@$new/;
                rename $_, "$folder/$name" or die "$_: $!\n";
            },
        },
        '/var/lib/sympa/arc', '/var/lib/sympa/bounce', '/var/lib/sympa/list_data', '/var/spool/sympa'
    );
}
