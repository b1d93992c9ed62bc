//! Sound without sockets: what a call agrees on, what it sends and hears, and what a person hears meanwhile.

pub mod codec;
pub mod demux;
pub mod engine;
pub mod measure;
pub mod plc;
pub mod quality;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;

pub use codec::Codec;
