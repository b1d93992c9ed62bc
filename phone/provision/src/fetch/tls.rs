//! The three levels at which certificates are checked (guide rule 79), for everything that the unit asks over TLS.

use std::sync::Arc;

use jiff::Timestamp;
use offhook_params::choices::TlsVerification;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::{Access, Roots};
use crate::error::Error;

/// How closely the certificates of servers are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// Not at all, the chain, or the name too.
    pub level: TlsVerification,
    /// What every chain has to end in.
    pub roots: Roots,
    /// Date and time; without them no certificate is checked.
    pub clock: Option<Timestamp>,
    /// Where the name is checked, the certificate may have any of these; if there are none, it has to have the name that
    /// was connected to.
    pub names: Vec<ServerName<'static>>,
}

/// The TLS side of a client that checks servers so.
///
/// # Errors
/// The root certificates cannot be used.
pub fn client(checks: Checks) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    // Without a current time there is no check (guide rule 79).
    let verifier: Arc<dyn ServerCertVerifier> = match (checks.level, checks.clock) {
        (TlsVerification::Off, _) | (_, None) => Arc::new(Unchecked(Arc::clone(&provider))),
        (level, Some(clock)) => Arc::new(Checked {
            roots: roots(&checks.roots)?,
            name: level == TlsVerification::Full,
            names: checks.names,
            clock: unix_time(clock),
            provider: Arc::clone(&provider),
        }),
    };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| Error::Setting { setting: "HTTP_SSL_VERIFY", reason: error.to_string() })?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// The TLS side of the HTTP client.
pub(super) fn config(access: &Access) -> Result<ClientConfig, Error> {
    let (level, roots, clock) = (access.verification, access.roots.clone(), access.clock);
    client(Checks { level, roots, clock, names: Vec::new() })
}

fn unix_time(clock: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(clock.as_second()).unwrap_or_default()))
}

fn roots(roots: &Roots) -> Result<RootCertStore, Error> {
    let fault = |reason: String| Error::Setting { setting: "CFG_ROOT_CERTIFICATE_PATH", reason };
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Missing(reason) => return Err(fault(reason.clone())),
        Roots::Given(bytes) => {
            for certificate in certificates(bytes).map_err(fault)? {
                store.add(certificate).map_err(|error| fault(format!("it is no certificate: {error}")))?;
            }
        }
        Roots::System => {
            // Single certificates that cannot be read do not matter as long as there are others.
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if store.is_empty() {
                return Err(fault("it is empty, and the system has no trusted certificates either".to_owned()));
            }
        }
    }
    Ok(store)
}

/// Whether certificates can be checked against what is in a file.
pub(crate) fn is_root(bytes: &[u8]) -> bool {
    certificates(bytes).is_ok_and(|all| all.into_iter().all(|one| RootCertStore::empty().add(one).is_ok()))
}

/// The certificates of a file, PEM or DER.
fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'_>>, String> {
    const MARK: &[u8] = b"-----BEGIN CERTIFICATE-----";
    if !bytes.windows(MARK.len()).any(|window| window == MARK) {
        return Ok(vec![CertificateDer::from(bytes)]);
    }
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    certificates.map_err(|error| format!("its PEM is damaged: {error}"))
}

/// Level 0, and every level while the clock is not set: anybody may answer.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    // A signature by a key that nobody vouches for says nothing, and old servers have keys too short to be checked.
    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Levels 1 and 2: dates, chain and root; and the server's name.
#[derive(Debug)]
struct Checked {
    roots: RootCertStore,
    name: bool,
    names: Vec<ServerName<'static>>,
    /// The unit's own time, which may be better than the system's.
    clock: UnixTime,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Checked {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, self.clock, algorithms)?;
        // One of the names is enough; the fault of the last one is told.
        let mut names = Ok(());
        if self.name {
            let wanted = if self.names.is_empty() { std::slice::from_ref(server_name) } else { &self.names };
            for name in wanted {
                names = verify_server_name(&certificate, name);
                if names.is_ok() {
                    break;
                }
            }
        }
        names?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What is wrong with a connection, and what to do about it.
pub fn explain(error: &rustls::Error) -> String {
    use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet};
    use CertificateError::{NotValidYetContext, UnknownIssuer};
    let remedy = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Expired | ExpiredContext { .. } => "renew the server's certificate, or correct the unit's clock",
            NotValidYet | NotValidYetContext { .. } => {
                "correct the unit's clock, or wait until the certificate is valid"
            }
            UnknownIssuer => {
                "CFG_ROOT_CERTIFICATE_PATH has to name the root of its chain, and the server to send what lies between"
            }
            NotValidForName | NotValidForNameContext { .. } => {
                "write the URL with a name that the certificate has, or set HTTP_SSL_VERIFY to 1"
            }
            _ => "make a server certificate that is signed by, and is not itself, the root certificate",
        },
        rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_) => "let the server speak TLS 1.2 or 1.3",
        rustls::Error::InvalidMessage(_) => "see whether this port of the server speaks TLS at all",
        _ => return error.to_string(),
    };
    format!("{error}; {remedy}")
}
