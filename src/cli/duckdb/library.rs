//! Finding and loading DuckDB's library, and the functions of its C interface that are used.
#![allow(unsafe_code)] // a C interface: each call states what makes it sound

use std::env;
use std::ffi::{CStr, c_char};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use libloading::library_filename;

use super::Opaque;

/// The release of DuckDB that the SQL was written and tested on; `scripts/duckdb.sh` fetches it.
pub const RELEASE: &str = "1.5.6";

/// What functions answer that can fail.
pub const SUCCESS: u32 = 0;

pub type Handle = Opaque;

/// A result of a query, as DuckDB lays it out.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct RawResult {
    counts: [u64; 3],
    columns: Opaque,
    error: Opaque,
    internal: Opaque,
}

impl RawResult {
    pub fn empty() -> Self {
        RawResult { counts: [0; 3], columns: std::ptr::null_mut(), error: std::ptr::null_mut(), internal: std::ptr::null_mut() }
    }
}

macro_rules! interface {
    ($($name:ident = $symbol:literal: fn($($argument:ty),*) $(-> $answer:ty)?;)*) => {
        /// The library and its functions. They are valid as long as this lives.
        pub struct Library {
            $(pub $name: unsafe extern "C" fn($($argument),*) $(-> $answer)?,)*
            _library: libloading::Library,
        }

        impl Library {
            /// Loads the library at `path`.
            fn at(path: &Path) -> Result<Self, libloading::Error> {
                // SAFETY: DuckDB's library does nothing when it is loaded but set up its C++ statics.
                let library = unsafe { libloading::Library::new(path) }?;
                // SAFETY: the signatures below are those of duckdb.h of RELEASE.
                Ok(unsafe { Library { $($name: *library.get($symbol)?,)* _library: library } })
            }
        }
    };
}

interface! {
    version = b"duckdb_library_version\0": fn() -> *const c_char;
    open = b"duckdb_open_ext\0": fn(*const c_char, *mut Handle, Opaque, *mut *mut c_char) -> u32;
    close = b"duckdb_close\0": fn(*mut Handle);
    connect = b"duckdb_connect\0": fn(Handle, *mut Handle) -> u32;
    disconnect = b"duckdb_disconnect\0": fn(*mut Handle);
    query = b"duckdb_query\0": fn(Handle, *const c_char, *mut RawResult) -> u32;
    destroy_result = b"duckdb_destroy_result\0": fn(*mut RawResult);
    result_error = b"duckdb_result_error\0": fn(*mut RawResult) -> *const c_char;
    column_count = b"duckdb_column_count\0": fn(*mut RawResult) -> u64;
    column_type = b"duckdb_column_type\0": fn(*mut RawResult, u64) -> u32;
    fetch_chunk = b"duckdb_fetch_chunk\0": fn(RawResult) -> Handle;
    destroy_chunk = b"duckdb_destroy_data_chunk\0": fn(*mut Handle);
    chunk_size = b"duckdb_data_chunk_get_size\0": fn(Handle) -> u64;
    chunk_vector = b"duckdb_data_chunk_get_vector\0": fn(Handle, u64) -> Handle;
    vector_data = b"duckdb_vector_get_data\0": fn(Handle) -> *const u8;
    vector_validity = b"duckdb_vector_get_validity\0": fn(Handle) -> *const u64;
    free = b"duckdb_free\0": fn(Opaque);
}

impl Library {
    /// The text at `pointer`, which is given back to DuckDB.
    ///
    /// # Safety
    /// `pointer` is null, or a text of DuckDB's that ends with NUL and belongs to the caller.
    pub unsafe fn take_text(&self, pointer: *mut c_char) -> String {
        if pointer.is_null() {
            return "no reason given".into();
        }
        // SAFETY: by the contract above.
        unsafe {
            let text = CStr::from_ptr(pointer).to_string_lossy().into_owned();
            (self.free)(pointer.cast());
            text
        }
    }
}

/// Loads the library from the first place that has it.
pub fn load() -> Result<Library> {
    let file = library_filename("duckdb");
    let places = places(|name| env::var_os(name).map(PathBuf::from).filter(|path| !path.as_os_str().is_empty()));
    let Some(path) = places.iter().map(|place| place.join(&file)).find(|path| path.is_file()) else {
        let looked: Vec<_> = places.iter().map(|place| place.display().to_string()).collect();
        bail!(
            "DuckDB's library ({}) is in none of {}: run scripts/duckdb.sh, which fetches it, or set DUCKDB_LIB_DIR to the directory that holds it",
            file.to_string_lossy(),
            looked.join(", ")
        );
    };
    let library = Library::at(&path).map_err(|error| anyhow!("{} is no library that can be loaded: {error}", path.display()))?;
    // SAFETY: the function answers a static text.
    let version = unsafe { CStr::from_ptr((library.version)()) }.to_string_lossy().into_owned();
    if version.trim_start_matches('v') != RELEASE {
        bail!("{} is DuckDB {version}, and this program was made for {RELEASE}: run scripts/duckdb.sh, which fetches it", path.display());
    }
    Ok(library)
}

/// Where the library is looked for: what `DUCKDB_LIB_DIR` says and nowhere else; or beside this program, then in the cache.
fn places(variable: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    if let Some(directory) = variable("DUCKDB_LIB_DIR") {
        return vec![directory];
    }
    let beside = env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
    let cache = variable("REGULARS_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|path| path.join("regulars")))
        .or_else(|| variable("HOME").map(|path| path.join(".cache/regulars")));
    beside.into_iter().chain(cache.map(|path| path.join(format!("duckdb-{RELEASE}")))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_script_puts_it() {
        let among = |set: &'static [(&str, &str)]| {
            let places = places(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value)));
            places.last().unwrap().display().to_string()
        };
        assert_eq!(among(&[("HOME", "/h")]), format!("/h/.cache/regulars/duckdb-{RELEASE}"));
        assert_eq!(among(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]), format!("/x/regulars/duckdb-{RELEASE}"));
        assert_eq!(among(&[("HOME", "/h"), ("REGULARS_CACHE", "/r")]), format!("/r/duckdb-{RELEASE}"));
        assert_eq!(among(&[("HOME", "/h"), ("DUCKDB_LIB_DIR", "/d")]), "/d");
        assert!(include_str!("../../../scripts/duckdb.sh").contains(&format!("release={RELEASE}\n")));
    }

    #[test]
    fn a_file_that_is_no_library_is_refused() {
        assert!(Library::at(Path::new(file!())).is_err());
    }
}
