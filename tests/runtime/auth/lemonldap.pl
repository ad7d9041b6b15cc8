# A provider for the tests of logins: LemonLDAP::NG's portal with its demonstration users.
#
#   perl lemonldap.pl PORT CALLBACK

use strict;
use warnings;

use File::Temp qw(tempdir);
use HTTP::Server::PSGI;
use JSON;

# The portal loads what draws captchas, though it has none.
BEGIN { $INC{'GD/SecurityImage.pm'} = __FILE__ }
sub GD::SecurityImage::import { }

use Lemonldap::NG::Portal::Main;

my ( $port, $callback ) = @ARGV;
my $issuer = "http://localhost:$port/";
my $folder = tempdir( CLEANUP => 1 );
mkdir "$folder/$_" for qw(conf sessions lock cache psessions plock);

sub key {
    my ($what) = @_;
    open my $pipe, '-|', "openssl $what 2>/dev/null" or die;
    local $/;
    return <$pipe>;
}
system("openssl genrsa -out $folder/key 2048 2>/dev/null") == 0 or die 'openssl';

my $sessions = 'Apache::Session::File';
my $named    = {
    generateModule => 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256' };
my %options = (
    ClientID                      => 'bora-sample',
    ClientSecret                  => 'bora-sample-secret',
    DisplayName                   => 'Bora',
    RedirectUris                  => $callback,
    PostLogoutRedirectUris        => 'http://localhost:8888/',
    IDTokenSignAlg                => 'RS256',
    IDTokenExpiration             => 3600,
    AccessTokenExpiration         => 3600,
    RequirePKCE                   => 1,
    RefreshToken                  => 1,
    BypassConsent                 => 1,
    IDTokenForceClaims            => 1,
);
my $conf = {
    cfgNum                                => 1,
    cfgDate                               => 1,
    cfgAuthor                             => 'test',
    cfgVersion                            => $Lemonldap::NG::Common::Conf::VERSION,
    key                                   => 'a key for the tests of logins',
    domain                                => 'localhost',
    portal                                => $issuer,
    cookieName                            => 'lemonldap',
    securedCookie                         => 0,
    https                                 => 0,
    authentication                        => 'Demo',
    userDB                                => 'Same',
    passwordDB                            => 'Demo',
    requireToken                          => 0,
    issuerDBOpenIDConnectActivation       => 1,
    issuerDBOpenIDConnectPath             => '^/oauth2/',
    issuerDBOpenIDConnectRule             => 1,
    oidcServiceAllowAuthorizationCodeFlow => 1,
    oidcServiceAuthorizationCodeExpiration => 60,
    oidcServicePrivateKeySig              => key("rsa -in $folder/key"),
    oidcServicePublicKeySig               => key("rsa -in $folder/key -pubout"),
    oidcServiceKeyIdSig                   => 'tests',
    oidcRPMetaDataOptions                 => {
        bora => { map { ( "oidcRPMetaDataOptions$_" => $options{$_} ) } keys %options }
    },
    oidcRPMetaDataExportedVars => { bora => { name => 'cn', email => 'mail' } },
    exportedVars               => {},
    locationRules              => { localhost => { default => 'accept' } },
    demoExportedVars           => { uid => 'uid', cn => 'cn', mail => 'mail' },
    globalStorage              => $sessions,
    globalStorageOptions       =>
      { %$named, Directory => "$folder/sessions", LockDirectory => "$folder/lock" },
    persistentStorage        => $sessions,
    persistentStorageOptions =>
      { Directory => "$folder/psessions", LockDirectory => "$folder/plock" },
};
open my $file, '>', "$folder/conf/lmConf-1.json" or die;
print $file encode_json($conf);
close $file;

my $app = Lemonldap::NG::Portal::Main->run( {
        configStorage             => { type => 'File', dirName => "$folder/conf" },
        localSessionStorage       => 'Cache::FileCache',
        localSessionStorageOptions =>
          { namespace => 'tests', cache_root => "$folder/cache", default_expires_in => 600 },
        logLevel     => 'error',
        templateDir  => '/usr/share/lemonldap-ng/portal/templates',
        staticPrefix => '/static',
        languages    => 'en',
    }
);
HTTP::Server::PSGI->new( host => '127.0.0.1', port => $port )->run($app);
