#!/usr/bin/perl
# Given an e-mail address: its subscriptions, roles, account and sessions end; messages in archives stay. The address may
# ask for a new account, as any other may, and finds nothing in it. Prints changed or unknown.
use strict;
use warnings;
use lib '/usr/share/sympa/lib';
use Conf;
use Sympa::DatabaseManager;
use Sympa::List;
use Sympa::User;

my $email = lc($ARGV[0] // '');
if ($email !~ /^\S+\@\S+$/) { print "unknown\n"; exit }
Conf::load() or die "sympa.conf has errors\n";
my $database = Sympa::DatabaseManager->instance or die "no database\n";
die "this is the listmaster: change the association's contact address first\n" if $email eq lc $ENV{CONTACT};

my @lists = @{Sympa::List::get_lists('*') || []};
for my $list (@lists) { # all is looked at before anything changes
    my @owners = map { $_->{email} } $list->get_admins('owner');
    die "this is the last owner of the list $list->{name}: name another one first\n"
        if @owners == 1 and $owners[0] eq $email;
}
my $changed = 0;
for my $list (@lists) {
    if ($list->get_list_member($email)) {
        $list->delete_list_member([$email]);
        $changed++;
    }
    for my $role (qw(owner editor)) {
        next unless grep { $_->{email} eq $email } $list->get_admins($role);
        $list->delete_list_admin($role, [$email]);
        $changed++;
    }
}
if (Sympa::User::get_global_user($email)) {
    Sympa::User::delete_global_user($email);
    $changed++;
}
$database->do_prepared_query('DELETE FROM session_table WHERE email_session = ?', $email);
print $changed ? "changed\n" : "unknown\n";
