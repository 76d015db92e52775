/** The regions that the redis API is known to serve, finance zones included. */
export const REGIONS: readonly string[] = [
  ...['guangzhou', 'shanghai', 'nanjing', 'beijing', 'chengdu', 'chongqing', 'hongkong', 'taipei'].map(
    (name) => `ap-${name}`,
  ),
  ...['singapore', 'bangkok', 'jakarta', 'mumbai', 'seoul', 'tokyo'].map((name) => `ap-${name}`),
  ...['na-ashburn', 'na-siliconvalley', 'na-toronto', 'eu-frankfurt', 'eu-moscow', 'sa-saopaulo'],
  ...['ap-beijing-fsi', 'ap-shanghai-fsi', 'ap-shenzhen-fsi'],
];
