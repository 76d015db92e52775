/**
 * Preloaded in the bundle of the package's own worker, where it holds for all workflows. The SDK takes a stack trace for
 * every promise that a workflow makes: with the usual ten frames that is a third of a wait's memory and half of the CPU of
 * starting one. One frame still says in which function an error was thrown.
 */
Error.stackTraceLimit = 1;
