//! Whole phones with real peers: registrars and proxies, other phones, scripted callers, and the worst that a network sends.
//!
//! | module | is |
//! |---|---|
//! | `network` | an office's network of its own for each test |
//! | `unit` | a phone, driven over its control socket |
//! | `proxy` | kamailio |
//! | `softphone` | baresip |
//! | `linphone` | Linphone |
//! | `script` | sipp with scenarios of our own, in `scenarios` |
//! | `card` | PulseAudio as a sound card, and a call by it |
//! | `recordings` | packets that were recorded elsewhere, and what a script sends back |
//! | `voice` | tones, and whether they were heard |
//! | the others | the tests |

mod calls;
mod card;
mod digits;
mod faults;
mod flows;
mod linphone;
mod load;
mod network;
mod notices;
mod office;
mod person;
mod pieces;
mod presence;
mod proxy;
mod recordings;
mod registrations;
mod script;
mod softphone;
mod sound;
mod unit;
mod voice;
