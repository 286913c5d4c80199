#!/usr/bin/perl
# Gives the listmaster a password, once; the person may change it later. With "check": has the listmaster one?
# With "password": the listmaster takes the one on the first line of standard input, whatever it was.
use strict;
use warnings;
use lib '/usr/share/sympa/lib';
use Conf;
use Sympa::DatabaseManager;
use Sympa::User;

Conf::load() or die "sympa.conf has errors\n";
Sympa::DatabaseManager->instance or die "no database\n";
my $listmaster = lc $ENV{CONTACT};
my $known = Sympa::User::get_global_user($listmaster);
if (($ARGV[0] // '') eq 'check') {
    exit($known && $known->{password} ? 0 : 1);
}
my $set = ($ARGV[0] // '') eq 'password';
die "there is no account $listmaster\n" if $set and not $known;
exit 0 if $known and $known->{password} and not $set;
open my $file, '<', $set ? '/dev/stdin' : '/run/secrets/admin_password' or die "the password: $!\n";
chomp(my $password = <$file>);
my %values = $set ? (password => $password) : (email => $listmaster, password => $password, lang => $ENV{LANGUAGE}, gecos => $ENV{ASSOCIATION});
my $done = $known
    ? Sympa::User::update_global_user($listmaster, \%values)
    : Sympa::User::add_global_user(\%values);
die "the listmaster's account was not made\n" unless $done;
print "listmaster: $listmaster\n";
