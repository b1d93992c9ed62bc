//! `offhook serve-config`: a small provisioning server for development and tests.

mod site;

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use offhook_config::{Purpose, Severity, read};
use sha2::{Digest as _, Sha256};

use self::site::{Answer, Site};
use super::FOUND;
use crate::cli::ServeConfigArgs;

/// Findings that are shown of all files together; the rest is counted.
const MOST_FINDINGS: usize = 40;

/// Serves the folder until interrupted, or renders it into another one.
pub(crate) fn run(args: &ServeConfigArgs) -> anyhow::Result<ExitCode> {
    let site = Site::open(&args.folder, args.table.as_deref())?;
    let errors = check(&site);
    if let Some(target) = &args.render {
        let count = site.write(target)?;
        println!("{count} files are in {}", target.display());
        return Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(FOUND) });
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(site, args.listen)).map(|()| ExitCode::SUCCESS)
}

/// Shows what is wrong with rendered files, and counts the errors.
fn check(site: &Site) -> usize {
    let (mut found, mut errors) = (0, 0);
    for (path, bytes) in site.rendered() {
        for finding in read(bytes, Purpose::File).diagnostics {
            if finding.severity == Severity::Note {
                continue;
            }
            found += 1;
            errors += usize::from(finding.severity == Severity::Error);
            if found <= MOST_FINDINGS {
                let (severity, line) = (finding.severity.as_str(), finding.line);
                eprintln!("{severity}: /{path}, line {line}: {}", finding.message);
            }
        }
    }
    if found > MOST_FINDINGS {
        eprintln!("… and {} more; `offhook check` over the folder of --render shows all", found - MOST_FINDINGS);
    }
    errors
}

async fn serve(site: Site, address: SocketAddr) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| format!("listening at {address}"))?;
    println!("{} phones, served at http://{}/", site.phones(), listener.local_addr()?);
    if !address.ip().is_loopback() {
        println!("Everybody who reaches this address can read every file, passwords included.");
    }
    let router = Router::new().fallback(answer).with_state(Arc::new(Mutex::new(site)));
    let stop = async {
        // Where signals cannot be had, the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Ok(axum::serve(listener, router).with_graceful_shutdown(stop).await?)
}

async fn answer(State(site): State<Arc<Mutex<Site>>>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let found = match parts.method {
        Method::GET | Method::HEAD => {
            let wanted = path.clone();
            let look = move || site.lock().unwrap_or_else(PoisonError::into_inner).get(&wanted);
            tokio::task::spawn_blocking(look).await.unwrap_or(Ok(None))
        }
        _ => Ok(None),
    };
    let (status, file) = match found {
        _ if parts.method != Method::GET && parts.method != Method::HEAD => (StatusCode::METHOD_NOT_ALLOWED, None),
        Ok(Some(file)) if is_known(&parts.headers, &file) => (StatusCode::NOT_MODIFIED, Some(file)),
        Ok(Some(file)) => (StatusCode::OK, Some(file)),
        Ok(None) => (StatusCode::NOT_FOUND, None),
        Err(error) => {
            eprintln!("error: {path}: {error:#}");
            (StatusCode::INTERNAL_SERVER_ERROR, None)
        }
    };
    log(&parts.headers, &parts.method, &path, status);
    let mut response = Response::builder().status(status).header(header::CACHE_CONTROL, "no-cache");
    if let Some(file) = &file {
        response = response.header(header::ETAG, etag(&file.bytes));
        if let Some(date) = http_date(file) {
            response = response.header(header::LAST_MODIFIED, date);
        }
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response = response.header(header::ALLOW, "GET, HEAD");
    }
    let body = match file.filter(|_| status == StatusCode::OK) {
        Some(file) => {
            let kind = if file.bytes.starts_with(b"<") { "application/xml" } else { "text/plain" };
            response = response.header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, file.bytes.len());
            if parts.method == Method::HEAD { Body::empty() } else { file.bytes.into() }
        }
        None => Body::empty(),
    };
    response.body(body).unwrap_or_else(|_| Response::new(Body::empty()))
}

/// One line for each request: time, who, what, how it went.
fn log(headers: &HeaderMap, method: &Method, path: &str, status: StatusCode) {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("-");
    let who = site::mac_in(path).or_else(|| site::mac_in(agent)).unwrap_or_else(|| format!("{agent:?}"));
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    // Nobody may be listening to standard output.
    let _ = writeln!(std::io::stdout(), "{now} {who} {method} {path} {}", status.as_u16());
}

/// Whether the client has this file (RFC 9110 sections 13.1.2 and 13.1.3).
fn is_known(headers: &HeaderMap, file: &Answer) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(header::IF_NONE_MATCH) {
        let tag = etag(&file.bytes);
        let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        return tags
            .flat_map(|tags| tags.split(','))
            .map(str::trim)
            .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag);
    }
    let since = text(header::IF_MODIFIED_SINCE).and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    matches!((since, file.modified), (Some(since), Some(modified)) if modified.as_second() <= since.as_second())
}

fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

fn http_date(file: &Answer) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&file.modified?).ok()
}
