//! Gives any datagrams to a line that is registered: it never panics, and no answer is much longer than what it answers.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use offhook_params::types::Macros;
use offhook_params::{ParamId, Settings, lookup};
use offhook_sip::Tokens;
use offhook_sip::line::{Addresses, Config, Line, Output};
use offhook_sip::message::{Message, Name, Response, datagram};
use offhook_sip::subscription::Wish;
use offhook_sip::transaction::{Peer, Transport};

fn config() -> Option<Config> {
    let values = [("PHONE_NUMBER_1", "2001"), ("SIP_RGSTR_ADDR_1", "192.0.2.10")];
    let settings = Settings::from_values(&|id: ParamId| {
        let changed = values.iter().find(|(name, _)| lookup(name).is_some_and(|name| name.id == id));
        changed.map_or(id.default(), |(_, value)| *value)
    });
    let macros = Macros { mac: [0, 0x80, 0xf0, 1, 2, 3], model: "KX-UT670", firmware: "01.221" };
    Config::of_line(&settings, 0, &macros)
}

/// Takes out what the line sends; answers its requests like a server that agrees with everything, once each.
fn carry(line: &mut Line, now: Duration, server: Peer, agree: bool) -> usize {
    let mut sent = 0;
    while let Some(output) = line.poll() {
        let Output::Transmit(transmit) = output else { continue };
        match datagram(&transmit.bytes) {
            Ok(Message::Request(request)) if agree => {
                let mut response = Response::to(&request, 200, "server");
                response.headers.copy(&request.headers, Name::Contact);
                line.receive(now, Message::Response(response), server);
            }
            _ => sent += transmit.bytes.len(),
        }
    }
    sent
}

fuzz_target!(|bytes: &[u8]| {
    let Some(config) = config() else { return };
    let own = Addresses { v4: "192.0.2.31".parse().ok(), v6: None };
    let server = Peer { transport: Transport::Udp, address: ([192, 0, 2, 10], 5060).into() };
    let stranger = Peer { transport: Transport::Udp, address: ([198, 51, 100, 66], 5060).into() };
    let mut now = Duration::from_secs(1);
    let mut line = Line::new(config, own, Tokens::new([1; 32]));
    line.start(now);
    line.subscribe(now, Wish::dialogs("sip:2002@192.0.2.10"));
    carry(&mut line, now, server, true);
    // Several datagrams, from strangers and from the server in turn.
    for (index, datagram) in bytes.split(|byte| *byte == 0).enumerate() {
        line.datagram(now, datagram, if index % 2 == 0 { stranger } else { server });
        let sent = carry(&mut line, now, server, false);
        assert!(sent <= 4 * datagram.len() + 600, "{sent} bytes for {}", datagram.len());
        now += Duration::from_millis(50);
        line.timeout(now);
        carry(&mut line, now, server, false);
    }
});
