/** A key pair that the simulator knows. With a `token` it is a temporary one: requests must carry that token. */
export interface SimulatorCredential {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** The pair a simulator accepts unless told otherwise. Fake: it opens nothing anywhere else. */
export const SIMULATOR_CREDENTIAL: SimulatorCredential = {
  secretId: 'AKIDsimulator0000000000000000000000',
  secretKey: 'simulatorSecretKey00000000000000',
};
