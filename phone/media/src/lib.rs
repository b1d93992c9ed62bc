//! Sound without sockets: what a call agrees on, what it sends and hears, and what a person hears meanwhile.

pub mod audio;
pub mod codec;
pub mod demux;
pub mod dtmf;
pub mod echo;
pub mod engine;
pub mod event;
pub mod jitter;
pub mod measure;
pub mod mixer;
pub mod plc;
pub mod quality;
pub mod resample;
pub mod ringer;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod tone;

pub use codec::Codec;
