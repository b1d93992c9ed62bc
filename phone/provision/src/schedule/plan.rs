//! What the settings say about fetching.

use std::time::Duration;

use jiff::tz::TimeZone;
use offhook_params::choices::ConnectionMode;
use offhook_params::types::Macros;
use offhook_settings::{Layer, Layers};

use super::daily::Daily;
use crate::location::Location;

/// A file and the layer that it fills.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// Master, product or standard.
    pub layer: Layer,
    /// Where the file is, or why that is no place.
    pub location: Result<Location, String>,
}

/// What the settings of a unit say about fetching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub(super) enabled: bool,
    pub(super) files: Vec<Source>,
    /// `None` as well where there is a daily fetch, whether the clock is set or not (guide rules 69, 71).
    pub(super) cyclic: Option<Cyclic>,
    pub(super) daily: Option<Daily>,
    pub(super) pre_provisioning: bool,
    resync_event: String,
}

/// Intervals between fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cyclic {
    pub(super) interval: Duration,
    /// After an access error.
    pub(super) retry: Duration,
}

/// The order in which files are fetched (guide rule 65).
const ORDER: [Layer; 3] = [Layer::Master, Layer::Product, Layer::Standard];

impl Plan {
    /// The plan by the layers of settings. A unit that no configuration file was ever applied to looks for the
    /// pre-provisioning file (guide rule 54); what people set by hand does not keep it from that.
    pub fn new(layers: &Layers, macros: &Macros<'_>) -> Self {
        let configured = Layer::FILES.iter().any(|layer| !layers.layer(*layer).is_empty());
        let settings = layers.typed();
        let provisioning = &settings.provisioning;
        let source = |layer| {
            let location = Location::of_layer(layer, provisioning, macros)?.map_err(|error| error.to_string());
            Some(Source { layer, location })
        };
        let daily = provisioning.resync_time.map(|time| {
            // A zone that neither database has would be a defect of the spec, which a test would find.
            let zone = TimeZone::get(settings.time_zone.time_zone.zone()).unwrap_or(TimeZone::UTC);
            Daily { time, zone }
        });
        let cyclic = (provisioning.cyclic_resync && daily.is_none())
            .then_some(Cyclic { interval: provisioning.resync_interval, retry: provisioning.resync_retry_interval });
        let dhcp = settings.addressing.connection_mode == ConnectionMode::Dhcp;
        Self {
            enabled: provisioning.provisioning,
            files: ORDER.into_iter().filter_map(source).collect(),
            cyclic,
            daily,
            pre_provisioning: provisioning.dhcp_option66 && dhcp && !configured,
            resync_event: provisioning.resync_event.clone(),
        }
    }

    /// Whether files are fetched at all (guide rule 74).
    pub const fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether there is a file to fetch.
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether the unit looks for a pre-provisioning file at its start.
    pub const fn pre_provisions(&self) -> bool {
        self.pre_provisioning
    }

    /// Whether a NOTIFY with this Event header says that there is something to fetch. Its parameters, such as
    /// `;reboot=true`, are not compared.
    pub fn is_resync(&self, event_header: &str) -> bool {
        let event = event_header.split(';').next().unwrap_or_default().trim();
        event.eq_ignore_ascii_case(self.resync_event.trim())
    }
}
