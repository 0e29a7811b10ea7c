//! What whoever sends a push may rely on, against servers that speak the providers' protocols.

mod house; // an app, and who tells its devices

mod table; // docs/push.md, row by row

mod apple; // APNs

mod google; // FCM

mod browser; // Web Push

mod trouble; // who is down, slow or wrong

mod many; // at once

mod office; // a store, people and the worker

mod worker; // from what is said to what is told

mod others; // by those who nobody here wrote

mod secrets; // what no log may say
