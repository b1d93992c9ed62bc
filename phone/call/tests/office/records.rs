//! Call logs and contacts of a phone: what stands in them, what is shown, and what the files keep.

use offhook_call::command::{Command, Refusal, Reply};
use offhook_call::contacts::{Contact, ContactNumber, Contacts, NumberKind};
use offhook_call::log::{Entry, Kind, Logs};
use offhook_call::output::Kept;
use offhook_sip::message::Method;

use crate::world::World;

#[track_caller]
fn log(world: &mut World, place: usize, kind: Kind) -> Vec<Entry> {
    match world.command(place, Command::Log { kind }) {
        Reply::Log(entries) => entries,
        reply => panic!("{reply:?}"),
    }
}

fn contact(name: &str, number: &str) -> Command {
    let numbers = vec![ContactNumber { kind: NumberKind::Work, number: number.into() }];
    Command::AddContact { contact: Contact { name: name.into(), company: String::new(), numbers } }
}

#[test]
fn a_name_without_end_does_not_fill_the_file_of_the_logs() {
    let mut world = World::new(&[&[]]);
    world.call(0, &format!("sip:{}@example.com", "a".repeat(5000)));
    world.command(0, Command::HangUp { call: None });
    world.settle();
    let [dialled] = log(&mut world, 0, Kind::Dialled).try_into().unwrap();
    assert_eq!(dialled.number.unwrap().len(), 255);
}

#[test]
fn calls_stand_in_their_logs() {
    let mut world = World::new(&[&[("SIP_PRIVACY_2", "Y")], &[]]);
    world.talk(0, 1);
    world.seconds(42);
    world.command(0, Command::HangUp { call: None });
    let [dialled] = log(&mut world, 0, Kind::Dialled).try_into().unwrap();
    assert_eq!((dialled.number.as_deref(), dialled.line, dialled.seconds), (Some("2002"), 1, 42));
    assert_eq!(dialled.time, Some(1_700_000_000));
    let [received] = log(&mut world, 1, Kind::Received).try_into().unwrap();
    assert_eq!((received.number.as_deref(), received.seconds), (Some("2001"), 42));
    assert_eq!((log(&mut world, 0, Kind::Missed).len(), log(&mut world, 1, Kind::Missed).len()), (0, 0));
    world.command(0, Command::Call { number: "2002".into(), line: Some(2), hide: Some(true) });
    world.command(0, Command::HangUp { call: None });
    assert_eq!(log(&mut world, 1, Kind::Missed)[0].number, None, "hidden");
    // What the files hold is what the phone knows, and a phone that starts with them knows it too.
    let file = world.units[1].files["calls"].clone();
    assert_eq!(Logs::read(&file), (world.units[1].phone.logs().clone(), 0));
    assert_eq!(Logs::read(&world.units[1].phone.file(Kept::Logs)).0, *world.units[1].phone.logs());
    let entry = log(&mut world, 1, Kind::Missed)[0].id;
    world.command(1, Command::RemoveEntry { entry });
    assert_eq!(world.try_command(1, Command::RemoveEntry { entry }), Err(Refusal::Entry(entry)));
    world.command(1, Command::ClearLog { kind: Kind::Received });
    let file = world.units[1].files["calls"].clone();
    assert!(Logs::read(&file).0.is_empty());
}

#[test]
fn numbers_of_the_log_are_dialled_by_the_codes_of_the_country() {
    let codes = [("INTERNATIONAL_ACCESS_CODE", "00"), ("COUNTRY_CALLING_CODE", "49"), ("NATIONAL_ACCESS_CODE", "0")];
    let mut world = World::new(&[&[("PHONE_NUMBER_1", "+49301234")], &codes]);
    world.pbx.users.insert("+49301234".into(), world.pbx.users["+49301234"]);
    world.call(0, "2002");
    assert_eq!(world.calls(1)[0].number.as_deref(), Some("0049301234"), "as it is shown");
    world.command(0, Command::HangUp { call: None });
    let entry = log(&mut world, 1, Kind::Missed)[0].clone();
    assert_eq!(entry.number.as_deref(), Some("+49301234"), "as the network gave it");
    world.command(1, Command::CallEntry { entry: entry.id });
    let called = |world: &World| world.last(1, Method::Invite).parsed_uri().unwrap().user().unwrap().into_owned();
    assert_eq!(called(&world), "0301234");
    world.set(1, "COUNTRY_CALLING_CODE", "1");
    world.command(1, Command::CallEntry { entry: entry.id });
    assert_eq!(called(&world), "0049301234");
}

#[test]
fn callers_have_the_names_of_the_phone_book() {
    let mut world = World::new(&[&[("DISPLAY_NAME_1", "Network Name"), ("PHONE_NUMBER_1", "30123456")], &[]]);
    let name = |world: &mut World| {
        world.call(0, "2002");
        let name = world.calls(1)[0].name.clone();
        world.command(0, Command::HangUp { call: None });
        name
    };
    assert_eq!(name(&mut world), "Network Name");
    world.command(1, contact("Zoë", "+49 30 123456"));
    assert_eq!(name(&mut world), "Zoë", "the last eight digits are the same");
    world.set(1, "DISPLAY_NAME_REPLACE", "N");
    assert_eq!(name(&mut world), "Network Name");
    world.set(1, "DISPLAY_NAME_REPLACE", "Y");
    world.set(1, "NUMBER_MATCHING_LOWER_DIGIT", "9");
    assert_eq!(name(&mut world), "Network Name", "too few digits");
    world.set(1, "NUMBER_MATCHING_LOWER_DIGIT", "0");
    world.set(1, "NUMBER_MATCHING_UPPER_DIGIT", "0");
    assert_eq!(name(&mut world), "Network Name", "not the whole number");
    assert_eq!(log(&mut world, 1, Kind::Missed)[3].name, "Zoë");
}

#[test]
fn contacts_are_kept_called_and_exchanged() {
    let mut world = World::new(&[&[], &[]]);
    let Reply::Contact(id) = world.command(0, contact("Bob", "2002")) else { panic!("no contact") };
    world.command(0, Command::CallContact { contact: id, number: 0, line: None });
    assert_eq!(world.calls(1)[0].number.as_deref(), Some("2001"));
    assert_eq!(world.calls(0)[0].name, "Bob");
    world.command(0, Command::HangUp { call: None });
    assert_eq!(
        world.try_command(0, Command::CallContact { contact: id, number: 1, line: None }),
        Err(Refusal::NoNumber)
    );
    assert!(world.try_command(0, contact("", "2002")).is_err());
    let Reply::Cards(cards) = world.command(0, Command::ExportContacts) else { panic!("no cards") };
    let imported = world.command(1, Command::ImportContacts { cards: format!("{cards}BEGIN:VCARD\r\n") });
    let Reply::Imported { added, known, skipped } = imported else { panic!("{imported:?}") };
    assert_eq!((added, known, skipped.len()), (1, 0, 1));
    for place in [0, 1] {
        let file = world.units[place].files["contacts"].clone();
        assert_eq!(Contacts::read(&file), (world.units[place].phone.contacts().clone(), 0));
    }
    world.command(0, Command::RemoveContact { id });
    assert!(Contacts::read(&world.units[0].files["contacts"]).0.is_empty());
}

#[test]
fn files_are_written_anew_before_they_grow_without_end() {
    let mut world = World::new(&[&[]]);
    let Reply::Contact(id) = world.command(0, contact("A", "1")) else { panic!("no contact") };
    for number in 0..3000 {
        let numbers = vec![ContactNumber { kind: NumberKind::Work, number: number.to_string() }];
        let contact = Contact { name: "A".into(), company: String::new(), numbers };
        let now = world.now;
        world.units[0].phone.command(now, Command::ChangeContact { id, contact }).unwrap();
        world.settle();
    }
    let file = &world.units[0].files["contacts"];
    assert!(file.iter().filter(|&&b| b == b'\n').count() <= 1010);
    assert_eq!(Contacts::read(file).0, *world.units[0].phone.contacts());
}
