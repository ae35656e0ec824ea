//! How do we talk to a system? One door each to Procore and Acumatica, and what they share.

mod clock;
mod transport;

pub use clock::{Clock, Later, TurnedClock, WallClock};
pub use transport::{Request, Response, Transport, TransportError};
