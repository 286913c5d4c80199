#!/usr/bin/perl
# Given "export" or "erase" and an e-mail address: print what Sympa knows of that person, as JSON; or end the person's
# subscriptions, roles and account, delete the messages they sent from archives and from what waits, and print that.
use strict;
use warnings;
use JSON::PP;
use lib '/usr/share/sympa/lib';
use Conf;
use File::Find;
use Sympa::Archive;
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
my %report = (account => $account, lists => {}, roles => {}, messages => []);
for my $list (@{Sympa::List::get_lists('*') || []}) {
    my $name = $list->{name};
    if (my $member = $list->get_list_member($email)) {
        $report{lists}{$name} = $member;
        $list->delete_list_member([$email]) if $what eq 'erase';
    }
    push @{$report{messages}}, sent($list);
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
        session_table.email_session one_time_ticket_table.email_one_time_ticket stat_table.email_stat
        notification_table.recipient_notification netidmap_table.email_netidmap);
    for my $column (@columns) {
        my ($table, $name) = split /\./, $column;
        $database->do_prepared_query("DELETE FROM $table WHERE $name = ?", $email);
    }
    for my $column (qw(logs_table.parameters_logs session_table.data_session)) {
        my ($table, $name) = split /\./, $column;
        $database->do_prepared_query("DELETE FROM $table WHERE position(? in $name) > 0", $email);
    }
    forget_waiting(map { $_->{id} } @{$report{messages}});
}
print JSON::PP->new->canonical->pretty->allow_blessed->convert_blessed->encode(\%report);

# Return what the person sent to a list, from its archives; delete it there when asked.
sub sent {
    my $list = shift;
    my $archive = Sympa::Archive->new(context => $list);
    my @found;
    for my $month (-d $archive->{base_directory} ? $archive->get_archives : ()) {
        next unless $archive->select_archive($month);
        my @gone;
        while (my ($message, $handle) = $archive->next) {
            next unless $message and lc($message->{sender} // '') eq $email;
            (my $id = $message->get_header('Message-Id') // '') =~ s/\A\s*<|>\s*\z//g;
            push @found, {list => $list->{name}, month => $month, id => $id, message => $message->as_string};
            push @gone, $handle->basename;
        }
        rebuilt($archive, $month, @gone) if $what eq 'erase' and @gone;
    }
    return @found;
}

# Delete messages of a month of an archive and make its pages anew; Sympa itself would keep them in a folder "deleted".
sub rebuilt {
    my ($archive, $month, @gone) = @_;
    unlink map { "$archive->{directory}/$_" } @gone;
    unlink glob "$archive->{arc_directory}/deleted/*";
    if (glob "$archive->{directory}/*") {
        open my $printed, '>&', \*STDOUT;
        open STDOUT, '>', '/dev/null';
        $archive->html_rebuild($month);
        open STDOUT, '>&', $printed;
    } else {
        File::Find::finddepth({no_chdir => 1, wanted => sub { -d $_ ? rmdir : unlink }}, $archive->{arc_directory});
    }
}

# Delete what waits in the spool and is to the person, from the person, or one of these messages.
sub forget_waiting {
    my $wanted = join '|', map { quotemeta } $email, grep { length } @_;
    my @files;
    File::Find::find({no_chdir => 1, wanted => sub { push @files, $_ if -f }}, map { "/var/spool/sympa/$_" } qw(relay msg bulk));
    for my $file (@files) {
        open my $stream, '<', $file or next;
        my $text = do { local $/; <$stream> };
        unlink $file, $file =~ s/\.args\z/.mail/r, $file =~ s/\.mail\z/.args/r if $text =~ /$wanted/i;
    }
}
