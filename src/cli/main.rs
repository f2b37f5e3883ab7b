//! The `regulars` command line.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)] // nothing here is reachable from JavaScript
#![cfg_attr(not(feature = "train"), allow(unreachable_code))] // without it there is no command yet

#[cfg(feature = "train")]
mod duckdb;
#[cfg(feature = "train")]
mod member;
#[cfg(feature = "train")]
mod orders;
#[cfg(feature = "train")]
mod sql;
#[cfg(feature = "train")]
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Know your regulars on their own device.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(feature = "train")]
    Train(train::Train),
    #[cfg(feature = "train")]
    Member(member::Profiles),
    #[cfg(feature = "train")]
    Sql(sql::Sql),
}

fn main() -> ExitCode {
    let outcome: anyhow::Result<()> = match Arguments::parse().command {
        #[cfg(feature = "train")]
        Command::Train(train) => train.run(),
        #[cfg(feature = "train")]
        Command::Member(profiles) => profiles.run(),
        #[cfg(feature = "train")]
        Command::Sql(sql) => sql.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
