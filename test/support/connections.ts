import { Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

// A closed connection lets its calls go on. When the server ends, the SDK asks once more, on a timer, where the error of a
// closed connection ends the process and nobody can catch it. So here nothing is asked again once a connection is closed.
const connect = Connection.connect.bind(Connection);
Connection.connect = async (options) => {
  let isOpen = true;
  const { retryableDecider, ...others } = defaultGrpcRetryOptions();
  const retries = makeGrpcRetryInterceptor({
    ...others,
    retryableDecider: (attempt, status) => isOpen && retryableDecider(attempt, status),
  });
  const connection = await connect({ interceptors: [retries], ...options });
  const close = connection.close.bind(connection);
  connection.close = () => {
    isOpen = false;
    return close();
  };
  return connection;
};
