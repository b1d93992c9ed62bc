//! The web page in a real browser, as people use it: each test has a phone and a Chromium of its own.

mod browser;
mod phone;
mod relay;
mod settings;
mod stage;

mod accounts;
mod attacks;
mod fields;
mod keyboard;
mod looks;
mod port;
mod provisioning;
mod walk;
