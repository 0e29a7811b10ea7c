//! Too much, too slow, too wrong: what a client may do, and what it may not do to others.

mod slow_reader; // somebody stops reading

mod hostile; // bytes that mean harm

mod quota; // more than one may say

mod connects; // and more often than one may come

mod topics; // plain topics at their bounds
