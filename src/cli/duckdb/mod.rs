//! SQL on embedded DuckDB: an in-memory database, statements, rows.
//!
//! DuckDB's prebuilt library is loaded when a command needs it, through its stable C interface. Nothing of it is
//! compiled or linked: the `duckdb` crate costs 7 minutes of CPU to build (it brings Arrow) for what these three small
//! files do, and a linked binary would not start where the library is missing.

mod library;
mod rows;

use std::ffi::{CStr, CString, c_void};
use std::path::Path;
use std::ptr;

use anyhow::{Context, Result, anyhow, bail};

use library::{Handle, Library, RawResult};
pub use rows::Row;

/// What a database may use.
pub struct Limits<'a> {
    /// Memory, as DuckDB writes it: `4GB`.
    pub memory: &'a str,
    /// Threads; all where absent.
    pub threads: Option<u32>,
    /// Where it spills what does not fit in memory.
    pub spill: &'a Path,
}

/// A database in memory, with one connection.
pub struct Database {
    library: Library,
    database: Handle,
    connection: Handle,
}

impl Database {
    /// Loads DuckDB's library and opens an empty database.
    ///
    /// # Errors
    /// Where the library is not found or of another release, or a limit makes no sense.
    #[allow(unsafe_code)] // handles are null or from DuckDB itself, and outlive each call
    pub fn open(limits: &Limits) -> Result<Self> {
        let library = library::load()?;
        let (mut database, mut connection, mut error) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: out parameters are valid; a null path and a null configuration mean an in-memory database as it comes.
        let state = unsafe { (library.open)(ptr::null(), &raw mut database, ptr::null_mut(), &raw mut error) };
        if state != library::SUCCESS {
            // SAFETY: on failure DuckDB leaves a text that ends with NUL, or null.
            let text = unsafe { library.take_text(error) };
            bail!("DuckDB did not start: {text}");
        }
        // SAFETY: `database` was just opened.
        if unsafe { (library.connect)(database, &raw mut connection) } != library::SUCCESS {
            bail!("DuckDB did not start: no connection");
        }
        let opened = Database { library, database, connection };
        // Nothing is fetched at run time: what the library has is what there is.
        opened.run("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")?;
        opened.run(&format!("SET memory_limit = {}", text(limits.memory))).context("--memory")?;
        opened.run(&format!("SET temp_directory = {}", text(&limits.spill.to_string_lossy())))?;
        if let Some(threads) = limits.threads {
            opened.run(&format!("SET threads = {}", threads.max(1)))?;
        }
        Ok(opened)
    }

    /// Runs one or more statements and forgets what they answer.
    ///
    /// # Errors
    /// What DuckDB says.
    pub fn run(&self, sql: &str) -> Result<()> {
        self.answer(sql).map(drop)
    }

    /// Calls `visit` with each row of the answer, in order.
    ///
    /// # Errors
    /// What DuckDB says, a column whose type [`Row`] does not read, or the first error of `visit`.
    pub fn each(&self, sql: &str, mut visit: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let mut answer = self.answer(sql)?;
        rows::each(&self.library, &mut answer.raw, &mut visit)
    }

    /// What `read` makes of each row.
    ///
    /// # Errors
    /// As [`Self::each`].
    pub fn all<T>(&self, sql: &str, mut read: impl FnMut(&Row) -> Result<T>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// What `read` makes of the only row.
    ///
    /// # Errors
    /// As [`Self::each`], and where there is no row.
    pub fn one<T>(&self, sql: &str, read: impl FnMut(&Row) -> Result<T>) -> Result<T> {
        self.all(sql, read)?.into_iter().next().ok_or_else(|| anyhow!("no row: {sql}"))
    }

    #[allow(unsafe_code)] // the statement ends with NUL; the result is owned by the answer
    fn answer(&self, sql: &str) -> Result<Answer<'_>> {
        let statement = CString::new(sql).context("a statement holds a NUL")?;
        let mut answer = Answer { library: &self.library, raw: RawResult::empty() };
        // SAFETY: the connection is open and the out parameter valid.
        let state = unsafe { (self.library.query)(self.connection, statement.as_ptr(), &raw mut answer.raw) };
        if state == library::SUCCESS {
            return Ok(answer);
        }
        // SAFETY: the text lives as long as the result.
        let error = unsafe { (self.library.result_error)(&raw mut answer.raw) };
        let text = if error.is_null() { "unknown error".into() } else { unsafe { CStr::from_ptr(error) }.to_string_lossy().into_owned() };
        Err(anyhow!("{}", text.trim()))
    }
}

impl Drop for Database {
    #[allow(unsafe_code)] // both handles are open, and nothing that uses them outlives the database
    fn drop(&mut self) {
        // SAFETY: closed once, connection first.
        unsafe {
            (self.library.disconnect)(&raw mut self.connection);
            (self.library.close)(&raw mut self.database);
        }
    }
}

struct Answer<'library> {
    library: &'library Library,
    raw: RawResult,
}

impl Drop for Answer<'_> {
    #[allow(unsafe_code)] // the result is owned here alone
    fn drop(&mut self) {
        // SAFETY: destroying an empty result is allowed; each is destroyed once.
        unsafe { (self.library.destroy_result)(&raw mut self.raw) }
    }
}

/// `value` as a literal of SQL.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// `name` as an identifier of SQL.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A pointer that DuckDB owns.
type Opaque = *mut c_void;

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Database {
        Database::open(&Limits { memory: "200MB", threads: Some(1), spill: &std::env::temp_dir() }).unwrap()
    }

    #[test]
    fn what_is_wrong_is_said() {
        let database = database();
        let error = database.run("SELECT missing FROM nowhere").unwrap_err().to_string();
        assert!(error.contains("nowhere"), "{error}");
        assert!(database.run("SELECT 1;\0").is_err());
        assert!(database.one("SELECT 1 WHERE false", |row| row.integer(0)).is_err());
        let error = database.one("SELECT DATE '2017-01-01'", |row| row.text(0).map(drop)).unwrap_err().to_string();
        assert!(error.contains("CAST"), "{error}");
        let error = database.one("SELECT 'x'", |row| row.integer(0)).unwrap_err().to_string();
        assert!(error.contains("column 1"), "{error}");
    }

    #[test]
    fn limits_that_make_no_sense_are_refused() {
        let error = Database::open(&Limits { memory: "much", threads: None, spill: Path::new("/tmp") }).map(drop).unwrap_err();
        assert!(format!("{error:#}").starts_with("--memory"), "{error:#}");
    }

    #[test]
    fn values_of_each_kind_come_back() {
        let database = database();
        let sql =
            "SELECT CAST(i AS BIGINT), CAST(i AS DOUBLE) / 2, CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('酸奶', CAST(i % 9 AS INTEGER)) END
                   FROM range(5000) AS r(i) ORDER BY i";
        let rows = database.all(sql, |row| Ok((row.integer(0)?, row.number(1)?, row.text(2)?.map(str::to_owned)))).unwrap();
        assert_eq!(rows.len(), 5000);
        assert_eq!(rows[4], (Some(4), Some(2.0), Some("酸奶".repeat(4))));
        assert_eq!(rows[4999].2, Some("酸奶".repeat(4)));
        assert_eq!(rows[3].2, None);
        assert_eq!(rows[10].2, Some("酸奶".into()));
    }

    #[test]
    fn quotes_are_escaped() {
        let value =
            database().one(&format!("SELECT {} AS {}", text("o'clock"), identifier("a\"b")), |row| Ok(row.text(0)?.map(str::to_owned)));
        assert_eq!(value.unwrap().as_deref(), Some("o'clock"));
    }
}
