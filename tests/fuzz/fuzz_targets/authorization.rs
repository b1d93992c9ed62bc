//! Reads any bytes as an Authorization header; nothing made up opens the gate.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use offhook_web::auth::{Authorization, Gate, Login, Logins, Policy, Purpose, Request, Verdict};

fuzz_target!(|bytes: &[u8]| {
    let _ = Authorization::parse(&[bytes]);
    let policy = Policy { always_open: true, close_after: Duration::from_secs(60) };
    let logins = Logins {
        administrator: Login { id: "admin", password: "3V!q8_zT0~mKw}Lx" },
        user: Login { id: "user", password: "Jd5^y-Rk1*Qp9{Bs" },
    };
    let mut gate = Gate::new(policy, &logins, [0; 32]);
    let request =
        Request { method: "GET", target: "/", authorization: &[bytes], cookies: &[bytes], purpose: Purpose::Action };
    assert!(!matches!(gate.admit(&request, Duration::ZERO), Verdict::Admitted(_)));
});
