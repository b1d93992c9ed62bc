//! The command line: every command, its options and its help.

mod phone;
mod unit;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use offhook_config::crypt::KeyLength;
use offhook_media::audio::{CardNames, Choice};
use offhook_params::types::FirmwareVersion;

pub(crate) use self::phone::{CallArgs, DialArgs, LogKind, PhoneArgs, PhoneCommand};
pub(crate) use self::unit::{BackupArgs, ImportArgs, ImportAs, ResetArgs, ResetScope, SetArgs, UpdateArgs};

/// Offhook, the software of a SIP desk phone.
///
/// `run` starts the phone. The other commands work on its configuration files, which are compatible with the
/// Panasonic KX-UT670: they check, convert, explain, compare, encrypt and decrypt them.
#[derive(Parser)]
#[command(name = "offhook", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Check(CheckArgs),
    Convert(ConvertArgs),
    Explain(ExplainArgs),
    Diff(DiffArgs),
    Encrypt(EncryptArgs),
    Decrypt(CryptArgs),
    Dialplan(DialplanArgs),
    Schema(SchemaArgs),
    Run(Box<RunArgs>),
    Boot(BootArgs),
    Status(StatusArgs),
    #[command(flatten)]
    Phone(PhoneCommand),
    DhcpEvent(DhcpEventArgs),
    Set(SetArgs),
    Reset(ResetArgs),
    Import(ImportArgs),
    Backup(BackupArgs),
    /// Take a backup back from an SD card
    ///
    /// The phone has to be of the model and the firmware that made it; nothing is taken unless all of it can be.
    Restore(BackupArgs),
    Update(UpdateArgs),
    ServeConfig(ServeConfigArgs),
    #[command(subcommand)]
    Firmware(FirmwareCommand),
    Completions(CompletionsArgs),
}

/// Check configuration files, plain text or XML
///
/// Reads every file, and every file of every folder (those that end in .cfg, .xml, .e1c, .e2c or .e3c), on all cores.
/// Each problem is shown with file, line, column and remedy.
///
/// With --master, --product or --standard the result of all layers together is checked as the phone would see it. Over
/// several files it also finds phone numbers, accounts and MAC addresses that occur twice.
///
/// Exit code: 0 clean or warnings only, 1 errors (a skipped line, an unknown name), 2 could not run.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook check phone.cfg\n  offhook check --format sarif fleet/ > report.sarif\n  \
    offhook check --master sip.cfg --standard Config0080F0123456.cfg"
)]
pub(crate) struct CheckArgs {
    /// Files and folders; `-` is standard input
    #[arg(required_unless_present_any = ["master", "product", "standard", "pre_provisioning"])]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) layers: LayerArgs,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    /// How to show the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Report,
    /// Show errors only
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// The files of one phone, by layer.
#[derive(Args, Default)]
pub(crate) struct LayerArgs {
    /// Pre-provisioning file, the weakest
    #[arg(long, value_name = "FILE")]
    pub(crate) pre_provisioning: Option<PathBuf>,
    /// Master file, for all phones
    #[arg(long, value_name = "FILE")]
    pub(crate) master: Option<PathBuf>,
    /// Product file, for one model
    #[arg(long, value_name = "FILE")]
    pub(crate) product: Option<PathBuf>,
    /// Standard file, for one phone: the strongest
    #[arg(long, value_name = "FILE")]
    pub(crate) standard: Option<PathBuf>,
}

/// Keys of encrypted files.
#[derive(Args, Default)]
pub(crate) struct KeyArgs {
    /// Key of .e1c files (CFG_FILE_KEY1), 32 characters; `@FILE` reads it from a file
    #[arg(long, value_name = "KEY")]
    pub(crate) key1: Option<String>,
    /// Key of .e2c files (CFG_FILE_KEY2)
    #[arg(long, value_name = "KEY")]
    pub(crate) key2: Option<String>,
    /// Key of .e3c files (CFG_FILE_KEY3)
    #[arg(long, value_name = "KEY")]
    pub(crate) key3: Option<String>,
}

/// How the result of a check is shown.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// For people, with the lines at fault
    #[default]
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code review systems
    Sarif,
}

/// Convert a file between plain text and XML, without loss
///
/// The format follows from the name of OUTPUT (.xml is XML, all else is plain text) unless --to says otherwise. Lines
/// with errors become comments at the top of the new file, so that nothing is lost.
///
/// Exit code: 0 all was converted, 1 some lines were faulty, 2 could not run.
#[derive(Args)]
#[command(after_help = "Examples:\n  offhook convert phone.cfg phone.xml\n  offhook convert --to plain phone.xml -")]
pub(crate) struct ConvertArgs {
    /// File to read; `-` is standard input
    pub(crate) input: PathBuf,
    /// File to write; `-` is standard output
    pub(crate) output: PathBuf,
    /// Format to write
    #[arg(long, value_enum)]
    pub(crate) to: Option<FileFormat>,
    /// Write nothing if a line has an error
    #[arg(long)]
    pub(crate) strict: bool,
}

/// A format of configuration files.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// NAME="value" lines
    Plain,
    /// XML
    Xml,
}

/// Explain a setting: meaning, range, default, where it can be set
///
/// NAME may be a setting (SIP_TIMER_T1_2), a family (SIP_TIMER_T1) or words of its label ("timer b").
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook explain SIP_TIMER_T1_1\n  offhook explain RTP_PORT_MIN --state ~/.offhook"
)]
pub(crate) struct ExplainArgs {
    /// Name of a setting
    pub(crate) name: String,
    /// State folder of a phone: also show the effective value, its origin and what it shadows
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show what applying a file would change, and what would restart
///
/// Compares with the phone of --state, or with another file, or with the factory values.
///
/// Exit code: 0 nothing would change, 1 something would, 2 could not run.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook diff new.cfg --state ~/.offhook --layer standard\n  offhook diff new.cfg --against old.cfg"
)]
pub(crate) struct DiffArgs {
    /// File that would be applied
    pub(crate) file: PathBuf,
    /// State folder of a phone
    #[arg(long, value_name = "DIR", conflicts_with = "against")]
    pub(crate) state: Option<PathBuf>,
    /// File that is compared with
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// Layer that the file would replace
    #[arg(long, value_enum, default_value_t)]
    pub(crate) layer: FileLayer,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A layer that a file can replace.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileLayer {
    /// Pre-provisioning file
    PreProvisioning,
    /// Master file
    Master,
    /// Product file
    Product,
    /// Standard file
    #[default]
    Standard,
}

/// Encrypt a configuration file, as `openssl enc` does
///
/// AES-CBC with a salt; the key of 32 characters is the pass phrase (MD5, one round). Compatible with the openssl
/// command, not verified on a handset.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook encrypt --key @key1.txt phone.cfg phone.e1c")]
pub(crate) struct EncryptArgs {
    #[command(flatten)]
    pub(crate) crypt: CryptArgs,
    /// Write base64
    #[arg(long)]
    pub(crate) base64: bool,
}

/// Decrypt a configuration file, as `openssl enc -d` does
///
/// Binary and base64 are told apart, and keys derived by MD5 and by SHA-256. Compatible with the openssl command, not
/// verified on a handset.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook decrypt --key @key1.txt phone.e1c phone.cfg")]
pub(crate) struct CryptArgs {
    /// The key, 32 characters; `@FILE` reads it from a file
    #[arg(long, value_name = "KEY", env = "OFFHOOK_KEY", hide_env_values = true)]
    pub(crate) key: String,
    /// Bits of the AES key (CFG_FILE_KEY_LENGTH)
    #[arg(long, value_name = "BITS", default_value = factory("CFG_FILE_KEY_LENGTH"), value_parser = key_length)]
    pub(crate) key_length: KeyLength,
    /// File to read; `-` is standard input
    pub(crate) input: PathBuf,
    /// File to write; `-` is standard output
    pub(crate) output: PathBuf,
}

/// Parse a dial plan and test numbers against it
///
/// Says which branch matches, what would be dialed, and when.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook dialplan '[2346789]11|01[2-9]x.|[2-9]xxxxxxxxx' 911 01234 0011")]
pub(crate) struct DialplanArgs {
    /// The dial plan
    pub(crate) plan: String,
    /// Numbers as dialed
    pub(crate) numbers: Vec<String>,
    /// Refuse numbers that match no branch (DIAL_PLAN_NOT_MATCH_ENABLE="Y")
    #[arg(long)]
    pub(crate) filter: bool,
    /// Treat # as a digit, not as the end of dialing (POUND_KEY_DELIMITER_ENABLE="N")
    #[arg(long)]
    pub(crate) pound_is_digit: bool,
    /// Seconds of a T in the plan (MACRODIGIT_TIM)
    #[arg(long, value_name = "SECONDS", default_value = factory("MACRODIGIT_TIM"), value_parser = seconds("MACRODIGIT_TIM"))]
    pub(crate) macro_timer: u8,
    /// Seconds to wait for another digit (INTDIGIT_TIM)
    #[arg(long, value_name = "SECONDS", default_value = factory("INTDIGIT_TIM"), value_parser = seconds("INTDIGIT_TIM"))]
    pub(crate) inter_digit: u8,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print the schema of the configuration files
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct SchemaArgs {
    /// W3C XML Schema of XML files, UT670_config.xsd (the default)
    #[arg(long)]
    pub(crate) xsd: bool,
    /// JSON Schema of the settings as a JSON object
    #[arg(long)]
    pub(crate) json_schema: bool,
    /// Every parameter as JSON: names, format, defaults, XML path, place on the web page, and more
    #[arg(long)]
    pub(crate) json: bool,
}

/// Start the phone
///
/// Loads the state folder, takes the given configuration files into their layers, and serves the web page until
/// interrupted, on loopback unless --web-address says otherwise. What is changed on the web page is kept in the state folder.
///
/// As on a desk, the phone fetches its files from the places that its settings name: when it starts, at intervals or
/// daily, and when a SIP server says so. Factory settings name the redirection service of the model's maker, which
/// learns the MAC address; --no-provision keeps the phone from asking anybody.
///
/// The web page asks for a login: ADMIN_ID and ADMIN_PASS (admin and adminpass), or USER_ID and USER_PASS (user and
/// none, until the first login chooses one).
///
/// Its port is open as on a desk phone: for good with HTTPD_PORTOPEN_AUTO="Y", otherwise until nobody has used it for the
/// time of WEB_PORT_CLOSE_TIMER, three logins in a row have failed, or somebody has closed it. --web-port opens it at the
/// start, and so does the signal SIGUSR1 at any time.
///
/// Lines with an account register, and make and take calls; `offhook call`, `answer` and their kin tell the phone to.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook run --state ~/.offhook --standard phone.cfg --web-port 8080")]
pub(crate) struct RunArgs {
    /// Folder that keeps the phone's state; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
    #[command(flatten)]
    pub(crate) layers: LayerArgs,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    /// MAC address of the unit
    #[arg(long, value_name = "MAC", default_value = "0080F0000001", value_parser = mac)]
    pub(crate) mac: [u8; 6],
    /// Open the web port at the start, and have it here in place of WEB_SERVER_PORT; 0 takes any that is free
    #[arg(long, value_name = "PORT", conflicts_with = "no_web")]
    pub(crate) web_port: Option<u16>,
    /// Address of this machine at which the web page listens; 0.0.0.0 stands for all of them, as on a desk
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", conflicts_with = "no_web")]
    pub(crate) web_address: IpAddr,
    /// Serve no web page
    #[arg(long)]
    pub(crate) no_web: bool,
    /// Fetch no files
    #[arg(long)]
    pub(crate) no_provision: bool,
    /// File in which the DHCP client leaves its lease, see `offhook dhcp-event`: options 66, 159 and 160 lead a new phone
    /// to its pre-provisioning file
    #[arg(long, value_name = "FILE")]
    pub(crate) dhcp_lease: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) calls: CallOptions,
}

/// How the phone makes and takes calls.
#[derive(Args)]
pub(crate) struct CallOptions {
    /// Sound device: null (nothing is heard or said), loopback (what is heard is said), wav:IN,OUT (one file is said over
    /// and over, what is heard goes to the other; either may be left out), cpal (sound cards)
    #[arg(long, value_name = "DEVICE", default_value_t, value_parser = audio_device)]
    pub(crate) audio: Choice,
    #[command(flatten)]
    pub(crate) cards: CardOptions,
    /// WAV file that those hear over and over who are on hold; a tone unless given. Lines send either only with
    /// RTP_CLOSE_ENABLE="N": by factory settings they send nothing to a held call
    #[arg(long, value_name = "FILE")]
    pub(crate) hold_music: Option<PathBuf>,
    /// Take every call at once, up to 25, without holding the others: for paging and measuring
    #[arg(long, value_name = "TO", num_args = 0..=1, require_equals = true, default_missing_value = "speaker")]
    pub(crate) auto_answer: Option<AutoAnswer>,
    /// The unit's own address, which others are told; found out by the routes unless given
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<IpAddr>,
    /// Show every SIP message on standard error, digests of passwords and keys of calls masked
    #[arg(long)]
    pub(crate) trace: bool,
    /// Write every SIP message to a file that Wireshark reads, with the same masks; also those over TLS
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Option<PathBuf>,
}

/// Which sound cards the unit has, for `--audio cpal`.
#[derive(Args)]
pub(crate) struct CardOptions {
    /// Sound card of the handset, by its name (`aplay -L` lists them); the one that the system prefers unless given. One that is
    /// not there yet is used once it is
    #[arg(long, value_name = "NAME")]
    handset_card: Option<String>,
    /// Sound card of speaker and microphone; it rings too
    #[arg(long, value_name = "NAME")]
    speaker_card: Option<String>,
    /// Sound card of the headset
    #[arg(long, value_name = "NAME")]
    headset_card: Option<String>,
}

impl CallOptions {
    /// The sound device with its cards.
    ///
    /// # Errors
    /// Cards are given for a device without any.
    pub(crate) fn device(&self) -> anyhow::Result<Choice> {
        let CardOptions { handset_card, speaker_card, headset_card } = &self.cards;
        let names = [handset_card, speaker_card, headset_card].map(Option::as_ref);
        match &self.audio {
            Choice::Cpal(_) => {
                let [handset, hands_free, headset] = names.map(|name| name.cloned());
                Ok(Choice::Cpal(CardNames { handset, hands_free, headset }))
            }
            other if names.iter().all(Option::is_none) => Ok(other.clone()),
            other => anyhow::bail!("sound cards are given for the sound device {other}; they want --audio cpal"),
        }
    }
}

/// Where the voice of calls goes that are taken at once.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AutoAnswer {
    /// To the speaker
    Speaker,
    /// Back to where it came from
    Echo,
}

/// Start the phone from its firmware, and start it again whenever it goes down
///
/// What stands behind `--` are arguments of `offhook run`. The firmware is in one of two slots of a folder; as long as
/// there is none, this executable serves. A new firmware is tried three times: when it does not come up, or not in time,
/// the one before it is back.
///
/// In the folder, the file `keys` lists the public keys that firmware has to be signed with (`offhook firmware new-key`).
#[derive(Args)]
#[command(after_help = "Example:\n  offhook boot --firmware /var/lib/offhook -- --state /var/lib/offhook/state")]
pub(crate) struct BootArgs {
    /// Folder of the firmware; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    pub(crate) firmware: PathBuf,
    /// How long a new firmware may take to come up
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub(crate) patience: u64,
    /// How long a new firmware has to run before it counts as one that has come up
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) settle: u64,
    /// Arguments of `offhook run`
    #[arg(last = true)]
    pub(crate) run: Vec<std::ffi::OsString>,
}

/// Keep a DHCP lease for the phone
///
/// For the script of udhcpc, which calls it with the event (bound, renew, deconfig, leasefail or nak) and the lease in
/// variables. Have udhcpc ask for the options of pre-provisioning: -O 66 -O 159 -O 160.
#[derive(Args)]
#[command(after_help = "Example, as a script for udhcpc -s:\n  #!/bin/sh\n  /etc/udhcpc/default.script \"$1\"\n  \
    exec offhook dhcp-event --lease /run/offhook.lease \"$1\"")]
pub(crate) struct DhcpEventArgs {
    /// File that is written, or removed
    #[arg(long, value_name = "FILE")]
    pub(crate) lease: PathBuf,
    /// What happened
    #[arg(value_name = "EVENT")]
    pub(crate) event: String,
}

/// Tell how the phone is
///
/// Lines and calls while it runs; what it fetched last and what came of it, with everything that its reader had to say.
///
/// Exit code: 0 all is in order, 1 something is not, 2 could not run.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook status --state ~/.offhook")]
pub(crate) struct StatusArgs {
    /// Folder that keeps the phone's state
    #[arg(long, value_name = "DIR", env = "OFFHOOK_STATE")]
    pub(crate) state: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Serve configuration files to phones, for development and tests
///
/// Every file of FOLDER is served as it is. A file whose name has {{mac}} or {{MAC}} in it is a template: it is rendered
/// for each line of a table, `phones.csv` in FOLDER unless --table says otherwise. In name and content of a template,
/// {{mac}} and {{MAC}} stand for the MAC address in lower and upper case; in the content, {{column}} stands for the field
/// of that column. The table and the templates themselves are not served.
///
/// Every rendered file is checked at the start. Each request is logged: time, MAC address or user agent, path, status.
///
/// With --render the files are written to a folder instead, for a web server, an object store or a CDN.
///
/// Exit code: 0 all is well, 1 --render wrote files that have errors, 2 could not run.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook serve-config fleet/\n  offhook serve-config fleet/ --listen 192.0.2.10:8080\n  \
    offhook serve-config fleet/ --render /var/www/phones"
)]
pub(crate) struct ServeConfigArgs {
    /// Folder of files and templates
    pub(crate) folder: PathBuf,
    /// Table of phones: CSV with a line of column names, one of which is mac
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// Address and port; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", conflicts_with = "render")]
    pub(crate) listen: std::net::SocketAddr,
    /// Write all files to this folder, and end
    #[arg(long, value_name = "DIR")]
    pub(crate) render: Option<PathBuf>,
}

/// Make, look at and check firmware images
#[derive(Subcommand)]
pub(crate) enum FirmwareCommand {
    Info(FirmwareInfoArgs),
    Verify(FirmwareVerifyArgs),
    Pack(FirmwarePackArgs),
    NewKey(FirmwareKeyArgs),
}

/// Show what an image says of itself, unchecked, as JSON
#[derive(Args)]
pub(crate) struct FirmwareInfoArgs {
    /// The image
    pub(crate) image: PathBuf,
}

/// Check an image as a phone does
///
/// Exit code: 0 it is good, 1 it is refused, 2 could not run.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook firmware verify offhook.fw --keys release.key.pub --newer-than 01.070")]
pub(crate) struct FirmwareVerifyArgs {
    /// The image
    pub(crate) image: PathBuf,
    /// Keys that are trusted, as new-key writes them
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
    /// Refuse images for other models
    #[arg(long, value_name = "NAME", default_value = crate::status::MODEL)]
    pub(crate) model: String,
    /// Refuse this version and older ones
    #[arg(long, value_name = "NN.NNN", value_parser = firmware_version)]
    pub(crate) newer_than: Option<FirmwareVersion>,
}

/// Sign an executable and make an image of it
#[derive(Args)]
#[command(after_help = "Example:\n  offhook firmware pack --key release.key target/release/offhook offhook.fw")]
pub(crate) struct FirmwarePackArgs {
    /// The executable
    pub(crate) program: PathBuf,
    /// The image to write; `-` is standard output
    pub(crate) output: PathBuf,
    /// Private key, of new-key or `openssl genpkey -algorithm ed25519`
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Model that it is for
    #[arg(long, value_name = "NAME", default_value = crate::status::MODEL)]
    pub(crate) model: String,
    /// Version of the executable (that of this command unless given)
    #[arg(long = "as", value_name = "NN.NNN", value_parser = firmware_version)]
    pub(crate) packed_as: Option<FirmwareVersion>,
}

/// Make a key that signs images
///
/// Writes the private key to FILE, for its owner alone, and the line that phones need to trust it to FILE.pub. A file
/// that is there is not written over.
#[derive(Args)]
pub(crate) struct FirmwareKeyArgs {
    /// File of the private key
    pub(crate) file: PathBuf,
    /// Generation: a phone that trusts a later one refuses images that are signed with an earlier one
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) generation: u32,
}

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_help = "Example:\n  offhook completions bash > ~/.local/share/bash-completion/completions/offhook")]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// The factory value of a setting: the default of the option that stands for it.
pub(crate) fn factory(setting: &str) -> &'static str {
    offhook_params::lookup(setting).map_or("", |found| found.id.default())
}

/// A number of seconds that the setting takes.
fn seconds(setting: &'static str) -> impl Fn(&str) -> Result<u8, String> + Clone {
    move |text| {
        let found = offhook_params::lookup(setting).ok_or_else(|| format!("there is no {setting}"))?;
        found.id.family().check(text).map_err(|fault| fault.to_string())?;
        text.parse().map_err(|error: std::num::ParseIntError| error.to_string())
    }
}

fn key_length(text: &str) -> Result<KeyLength, String> {
    text.parse().ok().and_then(KeyLength::from_bits).ok_or_else(|| {
        let lengths: Vec<_> = KeyLength::ALL.iter().map(|length| length.bits().to_string()).collect();
        format!("a key has {} bits", lengths.join(" or "))
    })
}

/// Twelve hexadecimal digits, with or without separators.
fn mac(text: &str) -> Result<[u8; 6], String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    if digits.len() != 12 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("a MAC address has 12 hexadecimal digits: 0080F0123456".to_owned());
    }
    let mut mac = [0; 6];
    for (i, byte) in mac.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).map_err(|e| e.to_string())?;
    }
    Ok(mac)
}

fn audio_device(text: &str) -> Result<Choice, String> {
    text.parse().map_err(|fault: offhook_media::audio::Fault| fault.to_string())
}

/// `nn.nnn`.
fn firmware_version(text: &str) -> Result<FirmwareVersion, String> {
    offhook_provision::firmware::version(text).ok_or_else(|| "a version is nn.nnn, 00.000 to 15.999".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn mac_addresses() {
        assert_eq!(super::mac("0080F0123456"), Ok([0, 0x80, 0xf0, 0x12, 0x34, 0x56]));
        assert_eq!(super::mac("00:80:f0:12:34:56"), Ok([0, 0x80, 0xf0, 0x12, 0x34, 0x56]));
        assert!(super::mac("0080F012345").is_err());
        assert!(super::mac("0080F012345G").is_err());
    }
}
