//! Names that files for other models of the family have, and what stands for them here.

/// Beginnings of names, the longer ones first where one begins another, each with the setting that does the like here.
const NAMES: [(&str, Option<&str>); 21] = [
    ("DECT_", None),
    ("DST_", None),
    ("HANDSET_", None),
    ("HOLD_SOUND_PATH", None),
    ("IPV6_", None),
    ("LDAP_", None),
    ("LOCAL_TIME_ZONE_POSIX", Some("TIME_ZONE_COUNTRY")),
    ("OPTION66_REBOOT", Some("OPTION66_ENABLE")),
    ("REPEATER_", None),
    ("SIP_TLS_", None),
    ("SNMP_", None),
    ("SRTP_", None),
    ("SYSLOG_EVENT_", None),
    ("SYSLOG_RTPSMLY_INTVL_", None),
    ("TR069_", None),
    ("VQREPORT_", None),
    ("XMLAPP_", None),
    ("XML_", None),
    ("XSI_", None),
    ("UC_", None),
    ("TIME_ZONE", Some("TIME_ZONE_COUNTRY")),
];

/// First lines of files for other models.
const HEADERS: [&str; 1] = ["# PCC Standard Format File #"];

/// Whether a name, in capital letters, belongs to other models; and if so, the setting that does the like here.
pub(crate) fn other_model(name: &str) -> Option<Option<&'static str>> {
    let fits = |known: &str| match known.ends_with('_') {
        true => name.starts_with(known) && name.len() > known.len(),
        // A whole name, with or without a number of its own.
        false => name.strip_prefix(known).is_some_and(|rest| rest.bytes().all(|b| b == b'_' || b.is_ascii_digit())),
    };
    NAMES.iter().find(|(known, _)| fits(known)).map(|(_, here)| *here)
}

/// Whether a line is the header of another model's files.
pub(crate) fn other_header(line: &str) -> bool {
    HEADERS.iter().any(|header| line.contains(header))
}
