//! Both systems, the engine and its state file in one process under a seeded scheduler: whatever fails, each effect happens once.
//!
//! No sockets and no sleeping: requests go straight into the sandbox, and time is turned. A [`process`] is walked from moment to
//! moment ([`life`]), meets [`trouble`] at its [`edge`], and is watched at every request ([`watch`]) and after every run ([`audit`]).
//! Between runs [`people`] think twice about what waits. [`crash`] lets it die at every moment there is; [`seeds`] draws whole weeks;
//! [`bugs`] are what the checks have to catch.

mod audit;
pub(crate) mod bugs;
pub(crate) mod checks;
mod company;
pub(crate) mod crash;
mod days;
mod edge;
mod lab;
mod life;
mod people;
mod process;
pub(crate) mod seeds;
mod trouble;
mod visibility;
mod watch;
