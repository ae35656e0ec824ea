//! How do both systems behave on the wire? An imitation of Procore and of Acumatica, with a practice company in them.

mod company;

pub use company::Company;
