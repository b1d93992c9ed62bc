//! The schemas of what the unit tells of itself: fetching files, lines and calls.

use serde_json::{Value, json};

use super::super::reference;
use super::{list, nullable, object};

/// All of them with their names.
pub(super) fn all() -> Vec<(&'static str, Value)> {
    provisioning().into_iter().chain(calls()).collect()
}

fn provisioning() -> [(&'static str, Value); 6] {
    let next = object(
        "A fetch that is planned.",
        &[
            ("after", count("Seconds until then.")),
            ("cause", text("What it is made for, in a word: interval, daily, retry.")),
        ],
    );
    let round = object(
        "One round of fetching and applying files.",
        &[
            ("at", nullable_time("When it ended; null if the unit did not know the time.")),
            ("cause", text("What it was made for, in a word: start-up, interval.")),
            ("files", list("FetchedFile")),
            (
                "rules",
                json!({
                    "type": "array", "items": { "type": "string" },
                    "description": "Rules between settings that do not hold since.",
                }),
            ),
        ],
    );
    let file = object(
        "One file of a round.",
        &[
            ("layer", reference("Layer")),
            ("url", text("Where it is, without the password.")),
            (
                "result",
                json!({
                    "description": "It is in force; the server has no other one; it is refused as a whole; it did not come; \
                                    it could not be kept.",
                    "enum": ["in-force", "unchanged", "refused", "not-fetched", "not-kept"],
                }),
            ),
            ("told", text("The result in words, with the reason.")),
            ("findings", list("Finding")),
            ("found", count("How much the reader had to say in all; the findings are the first of it.")),
        ],
    );
    let finding = object(
        "What the reader had to say about a place in a file.",
        &[
            ("severity", json!({ "enum": ["note", "warning", "error"] })),
            ("code", text("What kind of finding it is: unknown-name.")),
            ("line", from_one("Line of the file, from 1.")),
            ("column", from_one("Characters into the line, from 1.")),
            ("message", json!({ "type": "string" })),
            ("remedy", nullable("string", "What to do about it.")),
        ],
    );
    let state = object(
        "How the unit comes by its configuration files.",
        &[
            ("busy", json!({ "type": "boolean", "description": "Files are being fetched." })),
            ("next", optional("The next fetch; null where none is planned.", "NextFetch")),
            ("last", optional("The last one; null where there was none.", "Round")),
            ("firmware", optional("The last update of the firmware; null where none was tried.", "FirmwareUpdate")),
        ],
    );
    let update = object(
        "An update of the firmware.",
        &[
            ("at", nullable_time("When; null if the unit did not know the time.")),
            ("version", text("The version that was asked for: nn.nnn.")),
            ("url", text("Where the image is, without the password.")),
            ("fault", nullable("string", "Why it was not installed; null where it was.")),
        ],
    );
    [
        ("FirmwareUpdate", update),
        ("Provisioning", state),
        ("NextFetch", next),
        ("Round", round),
        ("FetchedFile", file),
        ("Finding", finding),
    ]
}

fn calls() -> [(&'static str, Value); 6] {
    let line = object(
        "A line and its server.",
        &[
            ("number", from_one("The number of the line.")),
            ("phone_number", text("Empty while it has none.")),
            ("registration", json!({ "enum": ["off", "registering", "registered", "failed"] })),
            ("server", nullable("string", "The server that it uses, once it has found one.")),
            ("reason", nullable("string", "Why it is not registered: 403 Forbidden.")),
        ],
    );
    let call = object(
        "One call.",
        &[
            ("id", count("Tells it from the others while the unit runs.")),
            ("line", from_one("The number of its line.")),
            ("direction", json!({ "enum": ["incoming", "outgoing"] })),
            ("state", json!({ "enum": ["calling", "ringing", "connected", "on-hold", "held", "conference"] })),
            ("peer", text("The number or address of the other side.")),
            ("name", text("The name of the other side; empty where it gave none.")),
            ("lasts", count("Seconds since it began, or since it was answered.")),
            ("media", optional("Its sound; null while there is none.", "Media")),
        ],
    );
    let media = object(
        "The sound of a call, as RTP counts it (RFC 3550).",
        &[
            ("codec", text("What the sound is coded in: PCMU.")),
            ("encrypted", json!({ "type": "boolean" })),
            ("sent", count("Packets that were sent.")),
            ("received", count("Packets that came.")),
            ("lost", count("Packets that never came.")),
            ("discarded", count("Packets that came too late to be heard, or twice.")),
            ("jitter_ms", milliseconds("How unevenly packets come.")),
            ("buffer_ms", milliseconds("How long a sound waits here to be played.")),
            ("round_trip_ms", nullable("number", "There and back; null until the other side has reported.")),
            ("far", optional("What the other side reports of the packets from here.", "FarEnd")),
            ("mos", nullable("number", "How the call is judged by the E-model (ITU-T G.107), 1 to 5.")),
        ],
    );
    let far = object(
        "What the other side reports of the packets that were sent to it.",
        &[
            (
                "loss",
                json!({
                    "type": "number", "minimum": 0, "maximum": 1, "description": "The share that was lost of late.",
                }),
            ),
            ("jitter_ms", milliseconds("How unevenly they came.")),
        ],
    );
    let pace = object(
        "How well the thread that makes sound keeps its pace, since the unit was started.",
        &[
            ("frames", count("Frames of 10 ms that were made.")),
            ("late", count("Frames that came later than their own length, or not at all.")),
            ("worst_ms", milliseconds("How late the latest was.")),
        ],
    );
    let now = object(
        "The lines and their calls.",
        &[("lines", list("Line")), ("calls", list("Call")), ("pace", reference("Pace"))],
    );
    [("Calls", now), ("Line", line), ("Call", call), ("Media", media), ("FarEnd", far), ("Pace", pace)]
}

fn text(words: &str) -> Value {
    json!({ "type": "string", "description": words })
}

fn count(words: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": words })
}

fn from_one(words: &str) -> Value {
    json!({ "type": "integer", "minimum": 1, "description": words })
}

fn milliseconds(words: &str) -> Value {
    json!({ "type": "number", "minimum": 0, "description": words })
}

fn nullable_time(words: &str) -> Value {
    json!({ "type": ["string", "null"], "format": "date-time", "description": words })
}

fn optional(words: &str, schema: &str) -> Value {
    json!({ "description": words, "oneOf": [reference(schema), { "type": "null" }] })
}
