//! The time server: when it is asked, and the question itself.

mod sync;

use std::time::Duration;

use jiff::Timestamp;
use rsntp::{AsyncSntpClient, Config};

pub use sync::{Plan, Step, Sync};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The port of time servers (RFC 5905).
pub const PORT: u16 = 123;

/// Why a time server gave no time.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NtpError {
    /// It did not answer, or not as it should.
    #[error("{server} gives no time: {reason}")]
    NoTime {
        /// Host and port.
        server: String,
        /// What was wrong.
        reason: String,
    },
}

/// Asks a server for the time (RFC 5905, as a simple client), and waits 5 s for the answer.
///
/// # Errors
/// There is no answer, or it is none of a server that knows the time.
pub async fn ask(host: &str, port: u16) -> Result<Timestamp, NtpError> {
    let server = match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    };
    let fault = |reason: String| NtpError::NoTime { server: server.clone(), reason };
    let unspecified = (std::net::Ipv4Addr::UNSPECIFIED, 0).into();
    let client = AsyncSntpClient::with_config(Config::default().bind_address(unspecified).timeout(PATIENCE));
    // The time-out above is that of the answer; looking up the name may take long too.
    let asked = tokio::time::timeout(2 * PATIENCE, client.synchronize(server.as_str())).await;
    let answer = asked.map_err(|_| fault("no answer in time".to_owned()))?;
    let answer = answer.map_err(|error| fault(error.to_string()))?;
    let since_1970 = answer.datetime().unix_timestamp().map_err(|error| fault(error.to_string()))?;
    let time = Timestamp::UNIX_EPOCH.checked_add(since_1970);
    time.map_err(|error| fault(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    /// Seconds from 1900, where NTP begins, to 1970.
    const ERA: u64 = 2_208_988_800;

    /// A server that answers one question with this time.
    fn server(unix: u64, stratum: u8) -> u16 {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            let mut question = [0; 100];
            let (length, client) = socket.recv_from(&mut question).expect("a question");
            assert_eq!((length, question[0] & 7), (48, 3), "a question of a client");
            let mut answer = [0; 48];
            answer[0] = question[0] & 0x38 | 4;
            answer[1] = stratum;
            answer[24..32].copy_from_slice(&question[40..48]);
            for place in [16, 32, 40] {
                answer[place..place + 8].copy_from_slice(&((unix + ERA) << 32).to_be_bytes());
            }
            socket.send_to(&answer, client).expect("sent");
        });
        port
    }

    fn answer(port: u16) -> Result<Timestamp, NtpError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(ask("127.0.0.1", port))
    }

    #[test]
    fn a_server_tells_the_time() {
        let told = answer(server(2_000_000_000, 2)).expect("a time");
        assert!((told.as_second() - 2_000_000_000).abs() < 60, "{told}");
    }

    #[test]
    fn one_that_does_not_know_it_is_not_believed() {
        let error = answer(server(2_000_000_000, 0)).expect_err("a kiss of death").to_string();
        assert!(error.starts_with("127.0.0.1:"), "{error}");
    }
}
