#!/usr/bin/perl
# Given "export" or "erase" and an e-mail address: print what Sympa knows of that person, as JSON; or end the person's
# subscriptions, roles and account, delete the messages they sent from archives and from what waits, and print that.
# Given "people": every address that "erase" takes, a line each, senders in archives too.
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
die "wanted: people, or export or erase and an e-mail address\n"
    unless $what eq 'people' or $what =~ /^(export|erase)$/ and $email =~ /^\S+\@\S+$/;
Conf::load() or die "sympa.conf has errors\n";
my $database = Sympa::DatabaseManager->instance or die "no database\n";
my @lists = @{Sympa::List::get_lists('*') || []};
if ($what eq 'people') {
    print map { "$_\n" } sort keys %{people()};
    exit;
}

if ($what eq 'erase') { # all is looked at before anything changes
    die "this is the listmaster: change the association's contact address first\n" if $email eq lc $ENV{CONTACT};
    for my $list (@lists) {
        my @owners = map { $_->{email} } $list->get_admins('owner');
        die "this is the last owner of the list $list->{name}: name another one first\n"
            if @owners == 1 and $owners[0] eq $email;
    }
}

my $account = Sympa::User::get_global_user($email);
delete $account->{password} if $account;
my %report = (account => $account, lists => {}, roles => {}, messages => []);
for my $list (@lists) {
    my $name = $list->{name};
    if (my $member = $list->get_list_member($email)) {
        $report{lists}{$name} = $member;
        $list->delete_list_member([$email]) if $what eq 'erase';
    }
    push @{$report{messages}}, sent($list);
    for my $role (qw(owner editor)) {
        my ($admin) = grep { $_->{email} eq $email } $list->get_admins($role);
        next unless $admin;
        push @{$report{roles}{$name}}, $role;
        $list->delete_list_admin($role, [$email]) if $what eq 'erase';
    }
}
if ($what eq 'erase') {
    Sympa::User::delete_global_user($email) if $account;
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
        # As an address of its own: ann@ is not joann@.
        (my $quoted = $email) =~ s/([^a-z0-9@_-])/\\$1/g;
        my $pattern = "(^|[^[:alnum:]._+-])$quoted(\$|[^[:alnum:].-])";
        $database->do_prepared_query("DELETE FROM $table WHERE $name ~* ?", $pattern);
    }
    forget_waiting(map { $_->{id} } @{$report{messages}});
}
print JSON::PP->new->canonical->pretty->allow_blessed->convert_blessed->encode(\%report);

# Return the addresses that the database and the archives know, as keys.
sub people {
    my %known;
    my $rows = $database->do_prepared_query(
        'SELECT email_user FROM user_table UNION SELECT user_subscriber FROM subscriber_table
         UNION SELECT user_admin FROM admin_table UNION SELECT user_exclusion FROM exclusion_table'
    ) or die "the database does not answer\n";
    while (my ($one) = $rows->fetchrow_array) { $known{lc $one} = 1 if length($one // '') }
    each_message($_, sub { $known{lc $_[0]->{sender}} = 1 if ($_[0]->{sender} // '') =~ /\@/ }) for @lists;
    return \%known;
}

# Hand each message of a list's archives, its file and month to a function; then each month to another.
sub each_message {
    my ($list, $one, $after) = @_;
    my $archive = Sympa::Archive->new(context => $list);
    for my $month (-d $archive->{base_directory} ? $archive->get_archives : ()) {
        next unless $archive->select_archive($month);
        while (my ($message, $handle) = $archive->next) {
            $one->($message, $handle, $month) if $message;
        }
        $after->($archive, $month) if $after;
    }
}

# Return what the person sent to a list, from its archives; delete it there when asked.
sub sent {
    my $list = shift;
    my (@found, @gone);
    each_message($list, sub {
        my ($message, $handle, $month) = @_;
        return unless lc($message->{sender} // '') eq $email;
        (my $id = $message->get_header('Message-Id') // '') =~ s/\A\s*<|>\s*\z//g;
        push @found, {list => $list->{name}, month => $month, id => $id, message => $message->as_string};
        push @gone, $handle->basename;
    }, sub {
        rebuilt(@_, @gone) if $what eq 'erase' and @gone;
        @gone = ();
    });
    return @found;
}

# Delete messages of a month of an archive and make its pages anew; Sympa itself would keep them in a folder "deleted".
sub rebuilt {
    my ($archive, $month, @gone) = @_;
    unlink map { "$archive->{directory}/$_" } @gone;
    unlink glob "$archive->{arc_directory}/deleted/*";
    my @left = glob "$archive->{directory}/*"; # asked for one, glob would go on with the month before
    if (@left) {
        open my $printed, '>&', \*STDOUT;
        open STDOUT, '>', '/dev/null';
        $archive->html_rebuild($month);
        open STDOUT, '>&', $printed;
    } else {
        File::Find::finddepth({no_chdir => 1, wanted => sub { -d $_ ? rmdir : unlink }}, $archive->{arc_directory});
    }
}

# Delete what waits in the spool and is from the person, or one of these messages; others' messages to the person lose
# that address, and go where it was the only one.
sub forget_waiting {
    my $ids = join '|', map { quotemeta } grep { length } @_;
    my $own = qr/^From:(?:[^\n]|\n[ \t])*(?<![\w.+-])\Q$email\E(?![\w.-])/im;
    my $same = $ids ? qr/^Message-Id:\s*<?(?:$ids)>?\s*$/im : qr/(?!)/;
    my @files;
    File::Find::find({no_chdir => 1, wanted => sub { push @files, $_ if -f }},
        grep { -d } map { "/var/spool/sympa/$_" } qw(relay msg bulk));
    for my $file (@files) {
        open my $stream, '<', $file or next; # it went meanwhile
        my $text = do { local $/; <$stream> } // '';
        if ($file =~ /\.args\z/ or $file =~ m{/bulk/pct/}) {
            without_recipient($file, $text);
        } elsif ((split /\r?\n\r?\n/, $text, 2)[0] =~ /$own|$same/) {
            unlink $file, $file =~ s/\.mail\z/.args/r;
        }
    }
}

# Take the person out of a file with an address on each line; it and its message go where no address is left.
sub without_recipient {
    my ($file, $text) = @_;
    my @lines = split /\n/, $text;
    my $to = sub { $lines[$_[0]] =~ /\A[^-\s]\S*\@/ and not ($_[0] and $lines[$_[0] - 1] eq '-f') };
    my @keep = grep { not ($to->($_) and lc $lines[$_] eq $email) } 0 .. $#lines;
    return if @keep == @lines;
    if (not grep { $to->($_) } @keep) {
        unlink $file, $file =~ s/\.args\z/.mail/r;
        return;
    }
    open my $stream, '>', "$file.new" or die "$file.new: $!\n";
    print {$stream} map { "$lines[$_]\n" } @keep;
    close $stream or die "$file.new: $!\n";
    rename "$file.new", $file or die "$file: $!\n";
}
