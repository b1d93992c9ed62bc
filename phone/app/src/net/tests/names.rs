//! Names: a name server of our own on loopback, one that is silent, and names that are not there.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use offhook_params::{ParamId, Settings};
use offhook_sip::server::{Answer, Records, Srv};
use tokio::net::UdpSocket;

use super::super::names::{Names, entered};
use super::*;

/// A name server that knows `example.com`, and how often it was asked.
async fn server() -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("bound");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.expect("a question");
            count.fetch_add(1, Ordering::Relaxed);
            let answer = answer(&Message::from_vec(&buffer[..length]).expect("a question"));
            socket.send_to(&answer.to_vec().expect("an answer"), from).await.expect("sent");
        }
    });
    (address, asked)
}

fn answer(question: &Message) -> Message {
    let query = question.queries.first().expect("a query").clone();
    let mut answer = question.clone().into_response();
    let record = |data| Record::from_rdata(query.name().clone(), 120, data);
    let name = query.name().to_utf8().to_ascii_lowercase();
    let target = |name: &str| Name::from_ascii(name).expect("a name");
    match (name.as_str(), query.query_type()) {
        ("_sip._udp.example.com.", RecordType::SRV) => answer.add_answers([
            record(RData::SRV(SRV::new(1, 10, 5060, target("a.example.com.")))),
            record(RData::SRV(SRV::new(2, 0, 5070, target("b.example.com.")))),
        ]),
        ("_sip._tcp.example.com.", RecordType::SRV) => {
            answer.add_answers([record(RData::SRV(SRV::new(0, 0, 0, Name::root())))])
        }
        ("a.example.com.", RecordType::A) => answer.add_answers([record(RData::A(A::new(192, 0, 2, 1)))]),
        ("a.example.com.", RecordType::AAAA) => {
            answer.add_answers([record(RData::AAAA(AAAA("2001:db8::1".parse().expect("an address"))))])
        }
        ("broken.example.com.", _) => {
            answer.metadata.response_code = ResponseCode::ServFail;
            return answer;
        }
        _ => {
            answer.metadata.response_code = ResponseCode::NXDomain;
            return answer;
        }
    };
    answer
}

#[tokio::test]
async fn servers_are_found_by_name() {
    let (address, asked) = server().await;
    let names = Names::new(vec![address]);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let Answer::Srv { records, ttl } = names.answer("_sip._udp.example.com", Records::Srv).await else { panic!("SRV") };
    let srv = |priority, weight, port, target: &str| Srv { priority, weight, port, target: target.to_owned() };
    assert_eq!(records, [srv(1, 10, 5060, "a.example.com"), srv(2, 0, 5070, "b.example.com")]);
    assert!(ttl > Duration::from_secs(60) && ttl <= Duration::from_secs(120), "{ttl:?}");
    let Answer::Srv { records, .. } = names.answer("_sip._tcp.example.com", Records::Srv).await else { panic!("SRV") };
    assert_eq!(records, [srv(0, 0, 0, ".")]);
    let Answer::Addresses { addresses, .. } = names.answer("a.example.com", Records::Addresses).await else {
        panic!("addresses")
    };
    let wanted: [IpAddr; 2] = ["192.0.2.1", "2001:db8::1"].map(|address| address.parse().expect("an address"));
    assert_eq!(addresses, wanted);
    // What was asked once is known.
    let before = asked.load(Ordering::Relaxed);
    names.answer("a.example.com", Records::Addresses).await;
    assert_eq!(asked.load(Ordering::Relaxed), before);
}

#[tokio::test]
async fn nothing_differs_from_failure() {
    let (address, _) = server().await;
    let names = Names::new(vec![address]);
    for records in [Records::Srv, Records::Addresses] {
        let nothing = names.answer("nowhere.example.com", records).await;
        assert!(
            matches!(&nothing, Answer::Srv { records, .. } if records.is_empty())
                || matches!(&nothing, Answer::Addresses { addresses, .. } if addresses.is_empty()),
            "{nothing:?}"
        );
        assert_eq!(names.answer("broken.example.com", records).await, Answer::Failed);
        assert_eq!(names.answer("not a name..", records).await, Answer::Failed);
    }
}

#[tokio::test]
async fn the_second_server_stands_in_for_the_first() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let (address, _) = server().await;
    let names = Names::new(vec![silent.local_addr().expect("bound"), address]);
    let answer = names.answer("_sip._udp.example.com", Records::Srv).await;
    assert!(matches!(&answer, Answer::Srv { records, .. } if records.len() == 2), "{answer:?}");
}

#[test]
fn name_servers_are_entered_where_dhcp_does_not_bring_them() {
    #[track_caller]
    fn check(values: &[(&str, &'static str)], wanted: &[&str]) {
        let mut edits = vec![("NET_DNS1", "192.0.2.1"), ("NET_DNS2", "192.0.2.2")];
        edits.extend(values);
        let find = |id: ParamId| edits.iter().rev().find(|(name, _)| *name == id.name()).map(|(_, value)| *value);
        let settings = Settings::from_values(&|id: ParamId| find(id).unwrap_or(id.default()));
        let servers: Vec<_> = entered(&settings.addressing).iter().map(SocketAddr::to_string).collect();
        assert_eq!(servers, wanted);
    }
    check(&[], &[]);
    check(&[("NET_DNS_MODE", "Manual")], &["192.0.2.1:53", "192.0.2.2:53"]);
    check(&[("NET_CONNECTION_MODE", "Static")], &["192.0.2.1:53", "192.0.2.2:53"]);
    check(&[("NET_CONNECTION_MODE", "Static"), ("NET_DNS1", "")], &["192.0.2.2:53"]);
}
