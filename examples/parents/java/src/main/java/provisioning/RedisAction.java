package provisioning;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/** The types that a parent needs to start runRedisAction and to read what it has started. */
public final class RedisAction {
  private RedisAction() {}

  /** The argument. Null is refused, and Jackson writes it unless it is told to leave it out. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Input(
      String action, String region, Map<String, Object> params, Map<String, Object> expect) {}

  /** Newer workers may add fields: ignore unknown ones. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Result(List<Long> taskIds, String dealName, List<String> instanceIds) {}
}
