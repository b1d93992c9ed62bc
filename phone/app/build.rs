//! Tells the linker which functions a phone runs, so that they lie side by side.
//!
//! The kernel maps a file around each page that is touched. Functions that run would otherwise be strewn over all of the
//! text, and nearly all of it would stand in memory.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=order.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    // Those of GNU and LLVM know scripts that add to their own; these do not.
    let linker = ["CARGO_ENCODED_RUSTFLAGS", "RUSTC_LINKER"].map(|name| env::var(name).unwrap_or_default()).concat();
    let unknown = ["mold", "gold", "wild"].iter().any(|name| linker.contains(name));
    if !is("PROFILE", "release") || !is("CARGO_CFG_TARGET_OS", "linux") || unknown {
        return;
    }
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{folder}/order.ld");
    if is("CARGO_CFG_TARGET_ENV", "gnu") {
        // Addresses to adjust at the start, in a hundredth of the space (glibc 2.36 and later).
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
