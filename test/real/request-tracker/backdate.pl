# Reads {"ticket": id, "seconds": n} and makes the ticket, with all that was done on it, that much older.
use strict;
use warnings;
use JSON ();
use RT;

RT::LoadConfig();
RT::Init();

my $wanted = JSON::decode_json( do { local $/; <STDIN> } );
my ( $ticket, $seconds ) = @{$wanted}{qw(ticket seconds)};

sub older {
    my ( $table, $columns, $condition ) = @_;
    my $rows = $RT::Handle->SimpleQuery(
        "SELECT id, " . join( ', ', @$columns ) . " FROM $table WHERE $condition", $ticket );
    for my $row ( @{ $rows->fetchall_arrayref } ) {
        my ( $id, @moments ) = @$row;
        for my $index ( 0 .. $#$columns ) {
            my $date = RT::Date->new( RT->SystemUser );
            $date->Set( Format => 'sql', Value => $moments[$index] );
            next unless $date->IsSet;
            $date->AddSeconds( -$seconds );
            my ( $ok, $message ) = $RT::Handle->SimpleQuery(
                "UPDATE $table SET $columns->[$index] = ? WHERE id = ?", $date->ISO, $id );
            die $message unless $ok;
        }
    }
}

older( 'Tickets', [qw(Created Started Resolved LastUpdated)], 'id = ?' );
older( 'Transactions', ['Created'], "ObjectType = 'RT::Ticket' AND ObjectId = ?" );
print "{}";
