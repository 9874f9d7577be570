# Reads one JSON document from standard input and makes what it names through RT's own API: queues,
# users with tokens, ticket custom fields, and rights, none of which REST 2.0 can give. Answers JSON.
use strict;
use warnings;
use JSON ();
use RT;

RT::LoadConfig();
RT::Init();

my $system = RT->SystemUser;
my $wanted = JSON::decode_json( do { local $/; <STDIN> } );
my %made = ( queues => {}, tokens => {} );

sub must {
    my ( $ok, $message ) = @_;
    die( $message // 'unknown failure' ) unless $ok;
    return $ok;
}

for my $name ( @{ $wanted->{queues} } ) {
    my $queue = RT::Queue->new($system);
    must( $queue->Create( Name => $name ) );
    $made{queues}{$name} = '' . $queue->Id;
}

for my $person ( @{ $wanted->{users} } ) {
    my $user = RT::User->new($system);
    must(
        $user->Create(
            Name         => $person->{name},
            EmailAddress => $person->{email},
            Organization => $person->{organization} // '',
            Timezone     => $person->{timezone} // '',
            Privileged   => $person->{isPrivileged} ? 1 : 0,
        )
    );
    next unless $person->{isPrivileged};
    my $token = RT::AuthToken->new($system);
    my ( $ok, $message, $secret ) = $token->Create( Owner => $user->Id, Description => 'test' );
    must( $ok, $message );
    $made{tokens}{ $person->{name} } = $secret;
}

for my $field ( @{ $wanted->{fields} } ) {
    my $custom = RT::CustomField->new($system);
    must(
        $custom->Create(
            Name       => $field->{name},
            Type       => $field->{type},
            LookupType => 'RT::Queue-RT::Ticket',
        )
    );
    must( $custom->AddValue( Name => $_ ) ) for @{ $field->{values} // [] };
    for my $name ( @{ $field->{queues} } ) {
        my $queue = RT::Queue->new($system);
        $queue->Load($name);
        must( $custom->AddToObject($queue) );
    }
    for my $name ( @{ $field->{users} } ) {
        grant( $name, $_, $custom ) for qw(SeeCustomField ModifyCustomField SetInitialCustomField);
    }
}

for my $grant ( @{ $wanted->{rights} } ) {
    my $queue = RT::Queue->new($system);
    $queue->Load( $grant->{queue} );
    grant( $grant->{user}, $_, $queue ) for @{ $grant->{rights} };
}

sub grant {
    my ( $name, $right, $object ) = @_;
    my $user = RT::User->new($system);
    $user->Load($name);
    must( $user->PrincipalObj->GrantRight( Right => $right, Object => $object ) );
}

print JSON::encode_json( \%made );
