//! The three levels of certificate checks, against nginx with certificates good and bad.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use offhook_params::choices::TlsVerification::{self, Chain, Full, Off};
use offhook_provision::fetch::{Access, Limits, Roots};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

use crate::servers::{free_port, nginx};
use crate::{FILE, LIMITS, access, assert_error, fetch_with};

pub(crate) struct Authority {
    pub(crate) pem: String,
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

pub(crate) fn authority(name: &str, parent: Option<&Authority>) -> Authority {
    let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = match parent {
        None => parameters.self_signed(&key),
        Some(parent) => parameters.signed_by(&key, &parent.issuer),
    };
    let certificate = certificate.expect("a certificate");
    let (pem, der) = (certificate.pem(), certificate.der().to_vec());
    Authority { pem, der, issuer: Issuer::new(parameters, key) }
}

/// A chain in PEM and its key.
pub(crate) fn certified(name: &str, issuer: &Authority, last_year: i32, chain: &[&Authority]) -> (String, String) {
    let mut parameters = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(last_year, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let certificate = parameters.signed_by(&key, &issuer.issuer).expect("a certificate");
    let chain: String = chain.iter().map(|authority| authority.pem.as_str()).collect();
    (certificate.pem() + &chain, key.serialize_pem())
}

fn at(verification: TlsVerification, roots: Roots) -> Access {
    Access { verification, roots, ..access() }
}

#[test]
fn levels() {
    let root = authority("Root", None);
    let middle = authority("Middle", Some(&root));
    let stranger = authority("Stranger", None);
    let cases = [
        ("good", certified("localhost", &middle, 2100, &[&middle])),
        ("elsewhere", certified("elsewhere.example", &middle, 2100, &[&middle])),
        ("expired", certified("localhost", &middle, 2021, &[&middle])),
        ("foreign", certified("localhost", &stranger, 2100, &[])),
        ("incomplete", certified("localhost", &middle, 2100, &[])),
    ];
    let mut block = "server { listen 127.0.0.1:{port}; location / { return 404; } }".to_owned();
    let mut files: Vec<(String, Vec<u8>)> = vec![("f".to_owned(), FILE.to_vec())];
    let mut ports = Vec::new();
    for (name, (chain, key)) in cases {
        let port = free_port();
        ports.push((name, port));
        block += &format!(
            "server {{ listen 127.0.0.1:{port} ssl; root {{folder}}/files; location = /down {{ return 302 http://localhost/; }}
             ssl_certificate {{folder}}/files/{name}.pem; ssl_certificate_key {{folder}}/files/{name}.key; }}\n"
        );
        files.push((format!("{name}.pem"), chain.into_bytes()));
        files.push((format!("{name}.key"), key.into_bytes()));
    }
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let Some(plain) = nginx(&block, &files) else { return };

    let url = |case: &str| {
        let port = ports.iter().find(|(name, _)| *name == case).expect("a case").1;
        format!("https://localhost:{port}/f")
    };
    let given = || Roots::Given(root.pem.clone().into_bytes());
    let try_one = |case: &str, access: Access| fetch_with(access, &url(case), None, &LIMITS).map(|(_, bytes)| bytes);
    for (case, chain, full) in [
        ("good", "", ""),
        ("elsewhere", "", "HTTP_SSL_VERIFY to 1"),
        ("expired", "renew", "renew"),
        ("foreign", "name the root", "name the root"),
        ("incomplete", "what lies between", "what lies between"),
    ] {
        for (level, words) in [(Off, ""), (Chain, chain), (Full, full)] {
            let result = try_one(case, at(level, given()));
            match words {
                "" => assert_eq!(result.expect(case), FILE, "{case} {level:?}"),
                words => assert_error(result, &["encrypted connection", words]),
            }
        }
        // Without a current time no check is made.
        let timeless = Access { clock: None, ..at(Full, given()) };
        assert_eq!(try_one(case, timeless).expect(case), FILE);
    }
    // The unit's own time counts.
    let early = Timestamp::now() - SignedDuration::from_hours(24 * 365 * 20);
    assert_error(try_one("good", Access { clock: Some(early), ..at(Chain, given()) }), &["unit's clock"]);
    // The root as DER, and what is no root.
    assert_eq!(try_one("good", at(Full, Roots::Given(root.der.clone()))).expect("the file"), FILE);
    for (roots, words) in [
        (Roots::Given(b"<html>".to_vec()), "CFG_ROOT_CERTIFICATE_PATH"),
        (Roots::Given(b"-----BEGIN CERTIFICATE-----\nAAAA".to_vec()), "PEM is damaged"),
        (Roots::Missing("its server is down".to_owned()), "its server is down"),
    ] {
        assert_error(try_one("good", at(Chain, roots.clone())), &[words]);
        assert_eq!(try_one("good", at(Off, roots)).expect("no check"), FILE);
    }
    assert_error(try_one("good", at(Full, Roots::System)), &[""]);
    // Not from https to http.
    let down = url("good").replace("/f", "/down");
    assert_error(fetch_with(access(), &down, None, &LIMITS), &["from https to http"]);
    // A server that speaks no TLS.
    let limits = Limits { idle: Duration::from_secs(3), ..LIMITS };
    let http = format!("https://localhost:{}/f", plain.port);
    assert_error(fetch_with(access(), &http, None, &limits), &["speaks TLS at all"]);
}
