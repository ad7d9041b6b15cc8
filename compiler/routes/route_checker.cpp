namespace bora::compiler {}
