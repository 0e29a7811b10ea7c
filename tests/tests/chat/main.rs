//! People chat: the contract of `topics.md`, promise by promise.

mod opening; // how many of these stories begin

mod connecting; // who is let in, and as whom

mod authentication; // by a method, and again before it runs out

mod talk; // one says, others hear

mod cbor; // in few bytes

mod drafts; // sent twice, said once

mod acts; // what is done to what was said

mod qos; // how hard both sides try

mod rpc; // requests and their answers

mod direct; // the room of two

mod members; // who hears

mod sessions; // being away and coming back

mod redelivery; // what was under way

mod subscribing; // what it brings

mod beginning; // and from where on

mod refusals; // why not

mod reads; // how far somebody read

mod authorization; // who may use which topic

mod apps; // plain MQTT beside chat, by grant

mod status; // how the server is, for administrators

mod wills; // last words

mod drain; // the server goes

mod page; // topics.md itself

mod tutorial; // docs/tutorial.md itself

mod commands; // the command line

mod terminal; // and the chat on a screen

mod tls; // our own commands by it

mod secrets; // what nobody else may read
