//! Files that grow: whole after a kill at any moment, and after a full disk.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use offhook_store::JournalFile;

use crate::test_process;

const FOLDER: &str = "OFFHOOK_TEST_JOURNAL_IN";
const KILLS: u32 = 40;

fn open(folder: &Path) -> (JournalFile, Vec<u8>) {
    JournalFile::open(folder.join("calls.journal")).expect("opened")
}

/// The lines that are whole.
fn lines(bytes: &[u8]) -> Vec<u32> {
    let text = std::str::from_utf8(bytes).expect("digits");
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| line.parse().expect("a number")).collect()
}

#[test]
fn what_is_added_or_written_anew_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut file, bytes) = open(folder.path());
    assert_eq!(bytes, b"");
    file.append(b"1\n").expect("added");
    file.append(b"2\n").expect("added");
    assert_eq!(open(folder.path()).1, b"1\n2\n");
    file.replace(b"3\n").expect("written");
    file.append(b"4\n").expect("added to the new file");
    assert_eq!(file.length(), 4);
    fs::write(folder.path().join(".calls.journal.a1B2c3"), "left over").expect("written");
    let (file, bytes) = open(folder.path());
    assert_eq!(bytes, b"3\n4\n");
    assert_eq!(file.path().metadata().expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1, "leftovers are swept");
}

#[test]
fn a_file_that_is_too_large_is_refused_and_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut file, _) = open(folder.path());
    file.append(b"1\n").expect("added");
    let large = vec![b'x'; 8 << 20];
    assert!(file.append(&large).is_err());
    assert!(file.replace(&[large.as_slice(), b"x"].concat()).is_err());
    assert_eq!(open(folder.path()).1, b"1\n");
}

/// Called on a disk that is full up to `room` bytes at most.
pub(crate) fn survives_a_full_disk(folder: &Path, before: &[u8], room: usize) {
    let (mut file, bytes) = open(folder);
    assert_eq!(bytes, before);
    let large = vec![b'x'; room + 64 * 1024];
    assert!(file.append(&large).expect_err("no room").is_full());
    assert!(file.replace(&large).expect_err("no room").is_full());
    drop(file);
    assert_eq!(open(folder).1, before);
}

/// The process that is killed: it adds numbers, writes the file anew now and then, and says what is kept.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (mut file, bytes) = open(Path::new(&folder));
    let kept = lines(&bytes);
    let mut number = kept.last().map_or(0, |last| last + 1);
    // A torn end goes before anything is added.
    let whole = |numbers: &[u32]| numbers.iter().map(|n| format!("{n}\n")).collect::<String>().into_bytes();
    file.replace(&whole(&kept)).expect("written");
    let mut out = std::io::stdout();
    writeln!(out, "\nopen").expect("the parent listens");
    loop {
        match number % 16 {
            0 => file.replace(&whole(&[number])).expect("written"),
            _ => file.append(&whole(&[number])).expect("added"),
        }
        writeln!(out, "kept {number}").expect("the parent listens");
        number += 1;
    }
}

#[test]
fn a_killed_writer_loses_nothing_that_it_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut kept = None;
    for kill in 0..KILLS {
        let mut child = test_process("journal::writer")
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable runs again");
        let mut left = 1 + kill % 37;
        for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
            let Ok(line) = line else { break };
            if let Some(number) = line.strip_prefix("kept ") {
                kept = Some(number.parse::<u32>().expect("a number"));
            }
            if line == "open" || line.starts_with("kept ") {
                left = left.saturating_sub(1);
                if left == 0 {
                    (0..kill * 997 % 40_000).for_each(|_| std::hint::spin_loop());
                    // A second kill finds the process dead, which is no error.
                    child.kill().expect("killed");
                }
            }
        }
        child.wait().expect("ended");
        let numbers = lines(&open(folder.path()).1);
        assert!(numbers.is_sorted_by(|a, b| a + 1 == *b), "{numbers:?}");
        let last = numbers.last().copied();
        assert!(last >= kept && last <= Some(kept.map_or(0, |k| k + 1)), "kill {kill}: kept {kept:?}, found {last:?}");
        kept = last;
    }
    assert!(kept > Some(KILLS), "the writer wrote nothing");
}
