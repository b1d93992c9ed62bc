//! The report of a fetch in the words of the page.

use offhook_config::Severity;
use offhook_provision::{FileReport, Finding, FirmwareReport, Report, Verdict};
use offhook_settings::Layer;
use offhook_web::unit::{self, FetchedFile, FileResult, FirmwareUpdate, Round};

/// The same round; of a file for a layer that no file fills, which only another version can have reported, nothing.
pub(crate) fn round(report: Report) -> Round {
    let files = report.files.into_iter().filter_map(file).collect();
    Round { at: report.at, cause: report.cause, files, rules: report.rules }
}

/// The same update of the firmware.
pub(crate) fn firmware(report: FirmwareReport) -> FirmwareUpdate {
    FirmwareUpdate { at: report.at, version: report.wanted, url: report.url, fault: report.fault }
}

fn file(report: FileReport) -> Option<FetchedFile> {
    let layer = Layer::FILES.into_iter().find(|layer| layer.as_str() == report.layer)?;
    let result = match report.verdict {
        Verdict::Applied { .. } => FileResult::InForce,
        Verdict::Unchanged => FileResult::Unchanged,
        Verdict::NotFetched(_) => FileResult::NotFetched,
        Verdict::NotKept(_) => FileResult::NotKept,
        _ => FileResult::Refused,
    };
    let told = report.verdict.to_string();
    let findings = report.findings.into_iter().map(finding).collect();
    Some(FetchedFile { layer, url: report.url, result, told, findings, found: report.found })
}

fn finding(finding: Finding) -> unit::Finding {
    let all = [Severity::Error, Severity::Warning, Severity::Note];
    let severity = all.into_iter().find(|severity| severity.as_str() == finding.severity).unwrap_or(Severity::Note);
    let Finding { code, line, column, message, remedy, .. } = finding;
    unit::Finding { severity, code, line, column, message, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_told_as_it_was() {
        let finding = Finding {
            severity: "error".into(),
            code: "unknown-name".into(),
            line: 3,
            column: 1,
            message: "there is no such setting".into(),
            remedy: None,
        };
        let file = |layer: &str, verdict| FileReport {
            layer: layer.into(),
            url: "http://h.example/p.cfg".into(),
            verdict,
            findings: vec![finding.clone()],
            found: 4,
        };
        let files = vec![
            file("master", Verdict::Applied { changes: 2 }),
            file("another", Verdict::Unchanged),
            file("standard", Verdict::NotFetched("404".into())),
        ];
        let round = round(Report { at: None, cause: "daily".into(), files, rules: vec!["a rule".into()] });
        assert_eq!((round.cause.as_str(), &round.rules[..]), ("daily", &["a rule".to_owned()][..]));
        let told: Vec<_> = round.files.iter().map(|f| (f.layer, f.result, f.told.as_str(), f.found)).collect();
        assert_eq!(
            told,
            [
                (Layer::Master, FileResult::InForce, "in force, 2 settings change", 4),
                (Layer::Standard, FileResult::NotFetched, "not fetched: 404", 4),
            ]
        );
        assert_eq!((round.files[0].findings[0].severity, round.files[0].findings[0].line), (Severity::Error, 3));
    }
}
