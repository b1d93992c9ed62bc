//! TLS: certificates by a root of our own, names of the settings, servers that are refused.

use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server's certificate for a name, and the root that it is signed by, in PEM.
fn server(name: &str) -> (ServerConfig, Vec<u8>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &root).expect("a certificate");
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = builder
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
        .expect("a configuration");
    (config, root.pem().into_bytes())
}

/// Sends to a server with a certificate for `sip.example.com`, with the settings naming it `called`.
async fn check(level: TlsVerification, trusted: bool, called: &str, accepted: bool) {
    let (config, root) = server("sip.example.com");
    let (_, other) = server("sip.example.com");
    let roots = Roots::Given(if trusted { root } else { other });
    let security = security(level, roots, &["192.0.2.1", called]);
    let mut ours = Network::new(Trace::default());
    ours.open(0, &Options { security, ..options() }).expect("a free port");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let peer = at("127.0.0.1", listener.local_addr().expect("bound").port(), Transport::Tls);
    let request = options_request("1", "");
    ours.send(0, &transmit(peer, request.clone()));
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("it connects");
        let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.ok()?;
        let mut read = vec![0; request.len()];
        stream.read_exact(&mut read).await.ok()?;
        assert_eq!(read, request);
        stream.write_all(&options_request("2", "")).await.expect("sent");
        Some(stream)
    });
    let arrival = next(&mut ours).await;
    assert_eq!(arrival.from, peer);
    assert_eq!(matches!(arrival.what, What::Message(_)), accepted, "{level:?} {trusted} {called}: {arrival:?}");
    assert_eq!(matches!(arrival.what, What::Unreachable), !accepted);
    assert_eq!(served.await.expect("it ran").is_some(), accepted);
}

#[tokio::test]
async fn servers_are_checked_as_the_settings_say() {
    for (level, trusted, called, accepted) in [
        (TlsVerification::Full, true, "sip.example.com", true),
        (TlsVerification::Full, true, "sip.example.org", false),
        (TlsVerification::Full, false, "sip.example.com", false),
        (TlsVerification::Chain, true, "sip.example.org", true),
        (TlsVerification::Chain, false, "sip.example.com", false),
        (TlsVerification::Off, false, "sip.example.org", true),
    ] {
        check(level, trusted, called, accepted).await;
    }
}

#[tokio::test]
async fn what_is_no_tls_is_refused() {
    let mut ours = network();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let peer = at("127.0.0.1", listener.local_addr().expect("bound").port(), Transport::Tls);
    ours.send(0, &transmit(peer, options_request("1", "")));
    let (mut stream, _) = listener.accept().await.expect("it connects");
    stream.write_all(b"SIP/2.0 200 OK\r\n\r\n").await.expect("sent");
    let arrival = next(&mut ours).await;
    assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
}
