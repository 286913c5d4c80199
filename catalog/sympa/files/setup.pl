#!/usr/bin/perl
# Gives the listmaster a password, once; the person may change it later. With "check": has the listmaster one?
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
exit 0 if $known and $known->{password};
open my $file, '<', '/run/secrets/admin_password' or die "admin_password: $!\n";
chomp(my $password = <$file>);
my %values = (email => $listmaster, password => $password, lang => $ENV{LANGUAGE}, gecos => $ENV{ASSOCIATION});
my $done = $known
    ? Sympa::User::update_global_user($listmaster, \%values)
    : Sympa::User::add_global_user(\%values);
die "the listmaster's account was not made\n" unless $done;
print "listmaster: $listmaster\n";
