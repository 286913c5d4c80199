#!/usr/bin/perl
# Given "export" or "erase" and an e-mail address: print what Sympa knows of that person, as JSON; or end the person's
# subscriptions, roles and account, and print what was ended. Messages in archives stay: the list's owner deletes them.
use strict;
use warnings;
use JSON::PP;
use lib '/usr/share/sympa/lib';
use Conf;
use Sympa::DatabaseManager;
use Sympa::List;
use Sympa::User;

my ($what, $email) = (($ARGV[0] // ''), lc($ARGV[1] // ''));
die "wanted: export or erase, and an e-mail address\n" unless $what =~ /^(export|erase)$/ and $email =~ /^\S+\@\S+$/;
Conf::load() or die "sympa.conf has errors\n";
Sympa::DatabaseManager->instance or die "no database\n";

die "this is the listmaster: change the association's contact address first\n"
    if $what eq 'erase' and $email eq lc $ENV{CONTACT};

my $account = Sympa::User::get_global_user($email);
delete $account->{password} if $account;
my %report = (account => $account, lists => {}, roles => {});
for my $list (@{Sympa::List::get_lists('*') || []}) {
    my $name = $list->{name};
    if (my $member = $list->get_list_member($email)) {
        $report{lists}{$name} = $member;
        $list->delete_list_member([$email]) if $what eq 'erase';
    }
    for my $role (qw(owner editor)) {
        my ($admin) = grep { $_->{email} eq $email } $list->get_admins($role);
        next unless $admin;
        my @owners = $list->get_admins('owner');
        if ($what eq 'erase' and $role eq 'owner' and @owners < 2) {
            die "this is the last owner of the list $name: name another one first\n";
        }
        push @{$report{roles}{$name}}, $role;
        $list->delete_list_admin($role, [$email]) if $what eq 'erase';
    }
}
if ($what eq 'erase') {
    Sympa::User::delete_global_user($email) if $account;
    my $database = Sympa::DatabaseManager->instance;
    # The journal of the pages, and addresses that may not be subscribed again.
    my @columns = qw(logs_table.user_email_logs logs_table.target_email_logs exclusion_table.user_exclusion
        session_table.email_session);
    for my $column (@columns) {
        my ($table, $name) = split /\./, $column;
        $database->do_prepared_query("DELETE FROM $table WHERE $name = ?", $email);
    }
}
print JSON::PP->new->canonical->pretty->allow_blessed->convert_blessed->encode(\%report);
