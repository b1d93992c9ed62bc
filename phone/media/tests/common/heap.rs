//! Counts what a thread asks the C library's heap for, which is where both Rust's allocator and C code such as that of Opus end.
//!
//! The functions below take the place of the C library's own in the test, and pass on to it.
#![expect(unsafe_code, reason = "the heap has a C interface, which C code calls")]

use std::cell::Cell;
use std::ffi::{c_int, c_void};

thread_local! {
    /// How often the heap was used, while that is counted.
    static USES: Cell<Option<usize>> = const { Cell::new(None) };
}

/// How often the calling thread takes something from the heap or gives it back meanwhile.
pub(crate) fn uses(act: impl FnOnce()) -> usize {
    USES.set(Some(0));
    act();
    USES.take().unwrap_or(0)
}

fn count() {
    // A thread that ends may have no counter any more.
    let _ = USES.try_with(|uses| uses.set(uses.get().map(|uses| uses + 1)));
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(number: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(old: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
    fn __libc_free(old: *mut c_void);
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    count();
    // SAFETY: The arguments are the caller's, here and below.
    unsafe { __libc_malloc(size) }
}

#[unsafe(no_mangle)]
extern "C" fn calloc(number: usize, size: usize) -> *mut c_void {
    count();
    unsafe { __libc_calloc(number, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    count();
    unsafe { __libc_realloc(old, size) }
}

#[unsafe(no_mangle)]
extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
    count();
    unsafe { __libc_memalign(alignment, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(place: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
    const ENOMEM: c_int = 12;
    count();
    let memory = unsafe { __libc_memalign(alignment, size) };
    if memory.is_null() {
        return ENOMEM;
    }
    unsafe { *place = memory };
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(old: *mut c_void) {
    count();
    unsafe { __libc_free(old) }
}
